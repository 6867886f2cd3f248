"""The arithmetic behind the tables. Run with: python -m unittest discover bench"""

import unittest

import against_pyod
import figures
import flops
from contender import in_turns
from document import put


class Figures(unittest.TestCase):
    def test_ratios_are_paired(self):
        ratios = figures.ratios([2, 9, 4], [1, 3, 4])
        self.assertEqual(ratios, [2, 3, 1])
        self.assertEqual(figures.spread(ratios), "2.00 (1.00 to 3.00)")

    def test_rounds_must_pair_up(self):
        with self.assertRaises(ValueError):
            figures.ratios([1, 2], [1])

    def test_numbers_are_readable(self):
        written = [figures.number(value) for value in (None, 0.01234, 1.234, 999.4, 1234.5, 1234567)]
        self.assertEqual(written, ["–", "0.0123", "1.23", "999", "1 234", "1 234 567"])

    def test_unknown_memory_is_a_dash(self):
        self.assertEqual((figures.mebibytes(2048), figures.mebibytes(None)), ("2", "–"))
        self.assertEqual((figures.share(1, 4), figures.share(1, None)), ("0.25", "–"))

    def test_tables_are_markdown(self):
        self.assertEqual(figures.table(("a", "b"), [(1, "x")]), "| a | b |\n| --- | --- |\n| 1 | x |")


class AgainstPyod(unittest.TestCase):
    def test_medians_need_every_round(self):
        self.assertIsNone(against_pyod.median([[1, 2]], rounds=2))
        self.assertEqual(against_pyod.median([[1, 2], [3, 1], [9, 9]], rounds=3), [3, 2, 4])

    def test_rows_divide_the_sums(self):
        medians = {"lfr": [0.5, 0.25, 0.75], "PyOD": [1, 2, 3]}
        self.assertEqual(
            against_pyod.row("kNN", 1000, 10, medians, 60), ("kNN", "1 000", 10, "0.5 + 0.25", "1 + 2", "4.00")
        )
        medians["PyOD"] = None
        self.assertEqual(against_pyod.row("kNN", 10, 10, medians, 60)[-2:], ("beyond 60 s", "–"))


class Flops(unittest.TestCase):
    def test_networks_cost_what_their_layers_do(self):
        for workload, giga in ((("ae-lfr", "grey"), 7.9), (("gt-lfr", "colour"), 127.5), (("ae-lfr", "text"), 6.8)):
            self.assertAlmostEqual(flops.training_step(*workload, 32, 128) / 1e9, giga, places=1)

    def test_the_image_autoencoder_has_ten_million_multiplications(self):
        self.assertEqual(round(sum(flops.image_autoencoder(1, 32)) / 1e6, 1), 10.4)

    def test_the_residual_network_has_166_million(self):
        self.assertEqual(round(sum(flops.wide_resnet(1, 32)) / 1e6), 166)


class Turns(unittest.TestCase):
    def test_the_order_turns_round(self):
        self.assertEqual("".join(in_turns("ab", 3)), "abbaab")


class Document(unittest.TestCase):
    text = "before\n<!-- speed: written by bench/compare.py -->\nold\n<!-- end of speed -->\nafter"

    def test_prose_stays(self):
        new = put(self.text, "speed", r"a \1 table")
        self.assertEqual(new, self.text.replace("old", r"a \1 table"))
        self.assertEqual(put(new, "speed", "old"), self.text)

    def test_a_part_without_a_place_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "no place for memory"):
            put(self.text, "memory", "table")
