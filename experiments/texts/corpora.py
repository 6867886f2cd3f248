"""Texts with their kind, for `candidates.py`: 20 Newsgroups and Reuters as the program draws them, and four domains of short texts.

The domains are sentences of tweets, product reviews, film reviews and editorials (Hutto and Gilbert 2014, MIT licence), in the source
archive of a package: `pip download --no-deps --no-binary :all: vaderSentiment==2.0`, or from its page.
"""

import html
import io
import re
import tarfile

from sklearn.datasets._twenty_newsgroups import strip_newsgroup_footer, strip_newsgroup_header, strip_newsgroup_quoting


def twenty_news(folder):
    texts, kinds = [], []
    with tarfile.open(f"{folder}/20newsgroups/20news-bydate.tar.gz") as archive:
        for member in archive:
            if member.isfile() and "train" in member.name:
                text = archive.extractfile(member).read().decode("latin1")
                texts.append(strip_newsgroup_quoting(strip_newsgroup_footer(strip_newsgroup_header(text))))
                kinds.append(member.name.split("/")[-2])
    return texts, kinds


def reuters(folder):
    """Stories of one topic each."""
    texts, kinds = [], []
    with tarfile.open(f"{folder}/reuters-21578/reuters21578.tar.gz") as archive:
        for member in (m for m in archive if m.name.endswith(".sgm")):
            for story in re.findall("<REUTERS.*?</REUTERS>", archive.extractfile(member).read().decode("latin1"), re.S):
                topics = re.findall("<D>(.*?)</D>", re.search("<TOPICS>(.*?)</TOPICS>", story).group(1))
                title, body = (re.search(f"<{part}>(.*?)</{part}>", story, re.S) for part in ("TITLE", "BODY"))
                if len(topics) == 1 and body:
                    texts.append(html.unescape((title.group(1) if title else "") + "\n" + body.group(1)))
                    kinds.append(topics[0])
    return texts, kinds


def domains(package):
    texts, kinds = [], []
    with tarfile.open(package) as outer:
        inner = next(member for member in outer if member.name.endswith("hutto_ICWSM_2014.tar.gz"))
        with tarfile.open(fileobj=io.BytesIO(outer.extractfile(inner).read())) as archive:
            for member in archive:
                name = member.name.split("/")[-1]
                if re.fullmatch("(tweets|.*Snippets)_GroundTruth.txt", name):
                    for line in archive.extractfile(member).read().decode("utf8", "replace").split("\n"):
                        if line.count("\t") >= 2:
                            texts.append(line.split("\t")[2])
                            kinds.append(name)
    return texts, kinds
