//! Where each data set comes from, how its files are called and what their digests are.

use super::Name;
use super::digest::Digest;

/// A file to download.
#[derive(Clone, Copy, Debug)]
pub struct Remote {
    /// Its path in the folder of the data set or encoder.
    pub file: &'static str,
    /// Where it is to be had, best first; `{file}` stands for its name.
    pub urls: &'static [&'static str],
    /// Its digest.
    pub digest: Digest,
    /// The most bytes a download may bring.
    pub limit: u64,
    /// SHA-256 of what it holds, where people keep it unpacked and the digest is known.
    pub unpacked: Option<&'static str>,
}

/// All that is known of a data set's files.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    /// Folders under the data folder that may hold it; the first is where downloads go.
    pub folders: &'static [&'static str],
    /// Names that show that a folder holds it unpacked.
    pub markers: &'static [&'static str],
    /// Archives and folders that hold it.
    pub archives: &'static [&'static str],
    /// The canonical files.
    pub files: &'static [Remote],
    /// Parts of an archive's content by name, with their content digests (see [`super::verify`]): the original
    /// files also when packed otherwise. Of Caltech-101, the categories in use.
    pub parts: &'static [(&'static str, &'static str)],
    /// Terms of use.
    pub licence: &'static str,
}

/// The entry of `name`.
pub(super) fn source(name: Name) -> &'static Source {
    match name {
        Name::FashionMnist => &FASHION_MNIST,
        Name::Mnist => &MNIST,
        Name::Cifar10 => &CIFAR10,
        Name::Caltech101 => &CALTECH101,
        Name::TwentyNews => &TWENTY_NEWS,
        Name::Reuters => &REUTERS,
    }
}

const MIB: u64 = 1 << 20;

const fn fashion(file: &'static str, packed: &'static str, unpacked: &'static str, mib: u64) -> Remote {
    Remote { unpacked: Some(unpacked), ..remote(file, FASHION_URLS, Digest::Sha256(packed), mib) }
}

const fn remote(file: &'static str, urls: &'static [&'static str], digest: Digest, mib: u64) -> Remote {
    Remote { file, urls, digest, limit: mib * MIB, unpacked: None }
}

const IDX_MARKERS: &[&str] = &[
    "t10k-images-idx3-ubyte.gz",
    "t10k-images-idx3-ubyte",
    "train-images-idx3-ubyte.gz",
    "train-images-idx3-ubyte",
];

const FASHION_URLS: &[&str] = &[
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/{file}",
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/{file}",
];

const MNIST_URLS: &[&str] = &["https://ossci-datasets.s3.amazonaws.com/mnist/{file}"];

static FASHION_MNIST: Source = Source {
    folders: &["fashion-mnist", "fashion_mnist", "FashionMNIST/raw", "FashionMNIST"],
    markers: IDX_MARKERS,
    archives: &[],
    files: &[
        fashion(
            "train-images-idx3-ubyte.gz",
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            32,
        ),
        fashion(
            "train-labels-idx1-ubyte.gz",
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            1,
        ),
        fashion(
            "t10k-images-idx3-ubyte.gz",
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            8,
        ),
        fashion(
            "t10k-labels-idx1-ubyte.gz",
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
            1,
        ),
    ],
    parts: &[],
    licence: "MIT",
};

static MNIST: Source = Source {
    folders: &["mnist", "MNIST/raw", "MNIST"],
    markers: IDX_MARKERS,
    archives: &[],
    files: &[
        remote("train-images-idx3-ubyte.gz", MNIST_URLS, Digest::Md5("f68b3c2dcbeaaa9fbdd348bbdeb94873"), 16),
        remote("train-labels-idx1-ubyte.gz", MNIST_URLS, Digest::Md5("d53e105ee54ea40749a09fcbcd1e9432"), 1),
        remote("t10k-images-idx3-ubyte.gz", MNIST_URLS, Digest::Md5("9fb629c4189551a2d022fa330f9573f3"), 4),
        remote("t10k-labels-idx1-ubyte.gz", MNIST_URLS, Digest::Md5("ec29112dd5afa0611ce80d1b7f02629c"), 1),
    ],
    parts: &[],
    licence: "not stated by its authors",
};

static CIFAR10: Source = Source {
    folders: &["cifar-10", "cifar10", "CIFAR10"],
    markers: &["test_batch.bin"],
    archives: &["cifar-10-binary.tar.gz", "cifar-10-batches-bin"],
    files: &[remote(
        "cifar-10-binary.tar.gz",
        &["https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"],
        Digest::Sha256("c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"),
        256,
    )],
    parts: &[
        ("test", "fb2e45be3b32a1e70148d577cc5f4e22565cd5e1620af08f93fb220cc0bd57d1"),
        ("train", "1314b1254881fd59097c785ed1bc9f6019ec7c3f6668ac1469fca4522e42fd90"),
    ],
    licence: "not stated by its authors",
};

static CALTECH101: Source = Source {
    folders: &["caltech101", "caltech-101", "Caltech101"],
    markers: &["airplanes"],
    archives: &[
        "101_ObjectCategories",
        "101_ObjectCategories.tar",
        "101_ObjectCategories.tar.gz",
        "caltech-101.zip",
        "caltech-101",
    ],
    files: &[remote(
        "caltech-101.zip",
        &["https://data.caltech.edu/records/mzrjq-6wc02/files/caltech-101.zip"],
        Digest::Md5("3138e1922a9193bfa496528edbbc45d0"),
        256,
    )],
    parts: &[("pictures", "35ba7383ea70b3b97e696cc5cc0925d4bac2c096916b33a3b8cd5e7471170b01")],
    licence: "CC BY 4.0",
};

static TWENTY_NEWS: Source = Source {
    folders: &["20newsgroups", "20news", "20news-bydate"],
    markers: &["20news-bydate-train", "20news-bydate-test"],
    archives: &["20news-bydate", "20news-bydate.tar.gz", "20news-bydate.tar"],
    files: &[remote(
        "20news-bydate.tar.gz",
        &[
            "http://qwone.com/~jason/20Newsgroups/20news-bydate.tar.gz",
            "https://ndownloader.figshare.com/files/5975967",
        ],
        Digest::Sha256("8f1b2514ca22a5ade8fbb9cfa5727df95fa587f4c87b786e15c759fa66d95610"),
        64,
    )],
    parts: &[
        ("train", "b93148c7af4188e6a6b83899fbc4db05f95357377e5a4dffe9daa1983c17db59"),
        ("test", "120939c6f70c40d89740f05c1d616c09c028c22a3091d5784d512c3baee98cd3"),
    ],
    licence: "not stated by its authors",
};

static REUTERS: Source = Source {
    folders: &["reuters-21578", "reuters21578", "reuters"],
    markers: &["reut2-000.sgm"],
    archives: &["reuters21578", "reuters21578.tar.gz", "reuters21578.tar"],
    files: &[remote(
        "reuters21578.tar.gz",
        &[
            "https://archive.ics.uci.edu/ml/machine-learning-databases/reuters21578-mld/reuters21578.tar.gz",
            "http://www.daviddlewis.com/resources/testcollections/reuters21578/reuters21578.tar.gz",
        ],
        Digest::Sha256("3bae43c9b14e387f76a61b6d82bf98a4fb5d3ef99ef7e7075ff2ccbcf59f9d30"),
        64,
    )],
    parts: &[("documents", "80bcd021d2ad6b2be33bdd4e33897050ff6e5cd1580e5cb6b0eec20b4aeb4183")],
    licence: "research use only",
};
