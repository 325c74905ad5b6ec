# SPDX-License-Identifier: LGPL-2.1-or-later
"""What bindings/surface.txt says Python offers is there."""
import inspect
import unittest

import csvc
from support import SOURCE


def rows():
    for line in (SOURCE / "bindings/surface.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split()[:2]


class Surface(unittest.TestCase):
    def test_is_there(self):
        n = 0
        for function, name in rows():
            if name == "-":
                continue
            n += 1
            with self.subTest(function):
                place = csvc
                for word in name.split("."):
                    if word in getattr(place, "__dataclass_fields__", ()):
                        break
                    place = getattr(place, word)
        self.assertGreater(n, 300)

    def test_everything_is_documented(self):
        for name in csvc.__all__:
            thing = getattr(csvc, name)
            if not inspect.isclass(thing) and not inspect.isfunction(thing):
                continue
            self.assertTrue(thing.__doc__, name)
            for key, member in vars(thing).items() if inspect.isclass(thing) else ():
                if key.startswith("_") or not (inspect.isfunction(member) or isinstance(member, (property, staticmethod))):
                    continue
                self.assertTrue(inspect.getdoc(getattr(thing, key)), f"{name}.{key}")

    def test_all_is_all(self):
        public = {name for name, thing in vars(csvc).items() if not name.startswith("_") and not inspect.ismodule(thing)}
        self.assertEqual(public, set(csvc.__all__))
