"""What the comparison of instruction counts says. Run with: python -m unittest discover bench"""

import contextlib
import io
import unittest

import instructions

VERSIONS = {"rustc": "rustc 1.95.0", "valgrind": "valgrind-3.19.0"}


def report(before, after, versions=VERSIONS, kernels=None):
    """The exit code and what is printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        baseline = VERSIONS | {"instructions": before}
        code = instructions.report(baseline, versions, after, kernels or after.keys())
    return code, printed.getvalue()


class Counting(unittest.TestCase):
    def test_the_count_is_the_collected_one(self):
        said = "==12== Events    : Ir\n==12== Collected : 15738990\n==12== \n==12== I   refs:      1\n"
        self.assertEqual(instructions.collected(said), 15738990)

    def test_no_count_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "no count: killed"):
            instructions.collected("killed")

    def test_start_and_data_are_not_counted(self):
        run, instructions.run = instructions.run, lambda program, kernel, times: 1000 + times * len(kernel)
        self.addCleanup(setattr, instructions, "run", run)
        self.assertEqual(instructions.count("program", ["adam", "linear"]), {"adam": 4, "linear": 6})


class Comparing(unittest.TestCase):
    def test_more_is_refused_by_name(self):
        code, said = report({"adam": 1000, "linear": 2000}, {"adam": 1000, "linear": 2100})
        self.assertEqual(code, 1)
        self.assertIn("ERROR: linear: 2 000 instructions before, 2 100 now: +5.0%, more than 3%", said)
        self.assertIn(instructions.WRITE, said)
        self.assertNotIn("ERROR: adam", said)

    def test_a_little_more_is_fine(self):
        code, said = report({"adam": 1000}, {"adam": 1029})
        self.assertEqual((code, len(said.splitlines())), (0, 1))

    def test_less_is_told(self):
        code, said = report({"adam": 1000}, {"adam": 900})
        self.assertEqual(code, 0)
        self.assertIn("which nothing guards yet: adam", said)

    def test_another_compiler_only_warns(self):
        code, said = report({"adam": 1000}, {"adam": 1100}, VERSIONS | {"rustc": "rustc 1.96.0"})
        self.assertEqual(code, 0)
        self.assertIn("WARNING: adam", said)
        self.assertIn("rustc 1.95.0, here rustc 1.96.0", said)

    def test_the_baseline_has_all_kernels_and_no_others(self):
        for before, after in (({"adam": 1}, {"adam": 1, "new": 1}), ({"adam": 1, "old": 1}, {"adam": 1})):
            code, said = report(before, after, VERSIONS | {"rustc": "rustc 1.96.0"})
            self.assertEqual(code, 1)
            self.assertRegex(said, "alone: (new|old)")

    def test_kernels_that_were_not_counted_do_not_matter(self):
        self.assertEqual(report({"adam": 1, "linear": 1}, {"adam": 1}, kernels=["adam", "linear"])[0], 0)
