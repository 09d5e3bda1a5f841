#!/usr/bin/env python3
"""Writes the names of countries, languages, currencies and units of time in the languages of the Union, from CLDR as the package babel carries it.

    pip install babel==2.19.0 && python3 tools/names.py > index/credentials/src/table/names.txt

One line a code: kind, code, and its names, each once whatever its capitals. A name that two codes of one kind have is left out.
"""

import re
import sys
from collections import defaultdict

from babel import Locale

LANGUAGES = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split()
# Currencies that courses in Europe and beside it are priced in.
CURRENCIES = "EUR GBP CHF PLN CZK HUF RON BGN DKK SEK NOK ISK TRY UAH RSD BAM MKD ALL MDL GEL USD CAD AUD NZD JPY CNY INR".split()
# One unit of time each; those of the calendar are no hours of work.
UNITS = {"hour": "HOUR", "minute": "MINUTE", "day": "CALENDAR", "week": "CALENDAR", "month": "CALENDAR", "year": "CALENDAR"}


# Names that CLDR has as variants, or does not have.
MORE = {"CZ": ["Czech Republic", "Tschechische Republik", "République tchèque"], "GB": ["Great Britain", "Großbritannien", "England"], "NL": ["Holland"],
        "TR": ["Turkey"], "SK": ["Slovak Republic"], "MK": ["Macedonia"], "US": ["United States of America"]}


def leaves(node):
    """The texts of a tree of patterns, without those for one per another."""
    if isinstance(node, str):
        return [node]
    return [text for key, child in node.items() if key != "per" for text in leaves(child)] if hasattr(node, "items") else []


def main():
    names = defaultdict(set)
    for code in LANGUAGES:
        locale = Locale(code)
        for territory, name in locale.territories.items():
            if re.fullmatch("[A-Z]{2}", territory) and territory not in ("EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"):
                names["country", territory].add(name)
        for month in range(1, 13):
            for use in ("format", "stand-alone"):
                names["month", str(month)].update(locale.months[use][width][month] for width in ("wide", "abbreviated"))
        for language, name in locale.languages.items():
            if re.fullmatch("[a-z]{2}", language):
                names["language", language].add(name)
        for currency in CURRENCIES:
            names["currency", currency].add(locale.currencies.get(currency, currency))
            names["currency", currency].add(locale.currency_symbols.get(currency, currency))
            names["currency", currency].update(leaves(locale._data["currency_names_plural"].get(currency, {})))
        for unit, kind in UNITS.items():
            for pattern in leaves(locale._data["unit_patterns"]["duration-" + unit]):
                name = pattern.replace("{0}", "").strip()
                # One or two letters are those of several units in several languages; only of hours and minutes are they taken.
                if pattern.startswith("{0}") and (kind != "CALENDAR" or len(name.rstrip(".")) > 2):
                    names["unit", kind].add(name)
        names["list", "AND"].add(locale.list_patterns["standard"]["2"].replace("{0}", "").replace("{1}", "").strip())
        names["list", "AND"].add(locale.list_patterns["or"]["2"].replace("{0}", "").replace("{1}", "").strip())
    for territory, more in MORE.items():
        names["country", territory].update(more)
    owners = defaultdict(set)
    for (kind, code), texts in names.items():
        for text in texts:
            owners[kind, text.lower()].add(code)
    for (kind, code), texts in sorted(names.items()):
        own = {text.lower() for text in texts if len(owners[kind, text.lower()]) == 1}
        sys.stdout.write("\t".join([kind, code, *sorted(own)]) + "\n")


if __name__ == "__main__":
    main()
