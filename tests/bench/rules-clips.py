# SPDX-License-Identifier: LGPL-2.1-or-later
"""rules-clips.py FOLDER N: the program clips answers for the first N customers that the rules program wrote into FOLDER.

Each customer is a fact that is asserted, run and retracted; the time of an empty run of as many facts is not taken off. The script itself is
loaded before the time is taken, by clips' own (time).
"""

import json
import pathlib
import subprocess
import sys

folder, wanted = pathlib.Path(sys.argv[1]), int(sys.argv[2])
rules = json.loads((folder / "rules.json").read_text())
head, *lines = (folder / "customers.csv").read_text().split()
names = head.split(",")[1:]
masks = (folder / "masks.csv").read_text().split()[:wanted]


def pattern(name, low, high):
    """One slot of a rule's condition."""
    if isinstance(high, list):
        return f"({name} {'|'.join(high)})"
    tests = [f"(>= ?{name} {low})"] * (low is not None) + [f"(<= ?{name} {high})"] * (high is not None)
    return f"({name} ?{name}{''.join('&:' + test for test in tests)})"


program = ["(defglobal ?*m* = 0)", f"(deftemplate customer {' '.join(f'(slot {name})' for name in names)})"]
for k, rule in enumerate(rules):
    conditions = " ".join(pattern(*condition) for condition in rule)
    program.append(f"(defrule r{k} (customer {conditions}) => (bind ?*m* (+ ?*m* {1 << k})))")
program.append("(deffunction ask ($?v) (bind ?*m* 0) (bind ?f (assert (customer "
               + " ".join(f"({name} (nth$ {i + 1} $?v))" for i, name in enumerate(names))
               + "))) (run) (retract ?f) ?*m*)")
program.append('(deffunction go () (bind ?start (time)) (open "asked.txt" in) (open "answers.txt" out "w")'
               ' (bind ?line (readline in)) (while (neq ?line EOF)'
               ' (printout out (ask (expand$ (explode$ ?line))) crlf) (bind ?line (readline in)))'
               ' (printout t "seconds " (- (time) ?start) crlf) (close))')
program.append("(reset) (go) (exit)")
(folder / "rules.clp").write_text("\n".join(program))
(folder / "asked.txt").write_text("\n".join(line.split(",", 1)[1].replace(",", " ") for line in lines[:wanted]) + "\n")
output = subprocess.run(["clips", "-f2", "rules.clp"], cwd=folder, capture_output=True, text=True, check=True).stdout
seconds = float(output.split("seconds ")[1].split()[0])
answers = (folder / "answers.txt").read_text().split()
wrong = sum(a != b for a, b in zip(answers, masks))
print(f"{'CLIPS':24} {seconds * 1e9 / len(answers):14.1f} ns a customer  {wrong} of {len(answers)} wrong, {wanted - len(answers)} missing")
