"""Random histories, with what Alembic says of their order and of names. Arguments: seed, how many."""

import json
import random
import sys
import warnings

from alembic.script.revision import Revision, RevisionMap

warnings.simplefilter("ignore")
random.seed(int(sys.argv[1]))


def history():
    ids, revisions = [], []
    for number in range(random.randint(1, 14)):
        new = f"{random.choice(['abcd', 'abce', 'ffff', '0123'])}{number:x}{random.randint(0, 9)}"
        down, depends = [], []
        if ids and random.random() < 0.9:
            down = [ids[-1]] if random.random() < 0.6 else [random.choice(ids)]
            if random.random() < 0.25:
                down = list(dict.fromkeys(down + [random.choice(ids)]))
        # With several dependencies Alembic's own order hangs on the hashes of texts.
        if ids and random.random() < 0.15:
            depends = [random.choice(ids)]
            depends = [one for one in depends if one not in down]
        labels = [f"label{number}"] if random.random() < 0.12 else []
        ids.append(new)
        revisions.append({"id": new, "down": down, "depends_on": depends, "labels": labels})
    random.shuffle(revisions)
    return revisions


def names(revisions):
    ids = [one["id"] for one in revisions]
    labels = [label for one in revisions for label in one["labels"]]
    some = random.choice(ids)
    found = ["head", "heads", "base", "-1", "-2", some, some[:5], some[:4], "zzzz", f"{some}+1", f"{some}-1"]
    found += [f"{some}+2", f"{some}-3", f"{random.choice(ids)}@head", f"{random.choice(ids)}@{some}"]
    for label in labels:
        found += [label, f"{label}@head", f"{label}@heads", f"{label}@{some}", f"{label}@{some}-1", f"{label}@{some}+1"]
        found += [f"{label}+1", f"{label}-1", f"{label}@base"]
    return found


def told(map_, name):
    try:
        relative = name[0] == "-"
        found = map_.get_revisions(name) if relative else map_._parse_upgrade_target((), name, True)
    except Exception:
        return None
    if any(one is None for one in found):
        return None
    return [one.revision for one in found if one != "base"]


out = []
for _ in range(int(sys.argv[2])):
    revisions = history()
    made = [
        Revision(one["id"], tuple(one["down"]) or None, tuple(one["depends_on"]) or None, tuple(one["labels"]) or None)
        for one in revisions
    ]
    map_ = RevisionMap(lambda made=made: made)
    try:
        order = [one.revision for one in map_.iterate_revisions("heads", "base")][::-1]
        heads = list(map_.heads)
        bases = list(map_.bases)
    except Exception as error:
        print("refused", error, file=sys.stderr)
        continue
    names_told = {name: told(map_, name) for name in names(revisions)}
    out.append({"revisions": revisions, "order": order, "heads": heads, "bases": bases, "names": names_told})
print(json.dumps(out))
