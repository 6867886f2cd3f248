"""Makes this sample from the original Fashion-MNIST test files: 300 sneakers and 30 other articles, shuffled.

Run with: python make.py FOLDER_WITH_THE_GZ_FILES (needs numpy and pillow)."""

import gzip
import pathlib
import sys

import numpy as np
from PIL import Image

SNEAKER = 7
NAMES = ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot"]

source, here = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).parent
images = np.frombuffer(gzip.open(source / "t10k-images-idx3-ubyte.gz").read(), np.uint8, offset=16).reshape(-1, 28, 28)
classes = np.frombuffer(gzip.open(source / "t10k-labels-idx1-ubyte.gz").read(), np.uint8, offset=8)
draw = np.random.default_rng(0)
inliers = draw.choice(np.flatnonzero(classes == SNEAKER), 300, replace=False)
outliers = draw.choice(np.flatnonzero(classes != SNEAKER), 30, replace=False)
order = draw.permutation(np.concatenate([inliers, outliers]))
(here / "images").mkdir(exist_ok=True)
with open(here / "labels.csv", "w") as labels:
    print("id,label,article", file=labels)
    for number, i in enumerate(order):
        name = f"{number:03}.png"
        Image.fromarray(images[i]).save(here / "images" / name, optimize=True)
        print(f"{name},{int(classes[i] != SNEAKER)},{NAMES[classes[i]]}", file=labels)
