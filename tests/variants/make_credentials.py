#!/usr/bin/env python3
"""The second half of the variants: credentials of the standards, pages, and neighbouring inputs. Runs make.py first."""
from make import *

VC2, OBC, CLRC = "https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
EDCC = "http://data.europa.eu/snb/model/context/edc-ap"
S2 = "Your tasks\n- Operate the cash register\n- Arrange product displays"


def b64(x):
    if isinstance(x, (dict, list)):
        x = json.dumps(x, ensure_ascii=False)
    return base64.urlsafe_b64encode(x if isinstance(x, bytes) else x.encode()).rstrip(b"=").decode()


def check_and_hold(files, titles, why, count=None, more=(), refused=0):
    """As a catalogue the files hold these titles; as documents of a person, too, unverified, and the cash register is held in part."""
    return [{"do": "check", "files": files, "assert": [{"path": ["records", "*", "title"], "values": titles, "why": why + " (catalogue)"}]},
            {"do": "recommend", "requests": [{"ad": S2, "profile": {"document_files": files}}],
             "assert": [{"held": {"titles": titles, "refused": refused, "unverified": True}, "why": why + " (a person's document, not verified)"}, gap(0, "operate cash register", [PARTLY, MET], "the cash register is held"), *more]}]


# ---------------------------------------------------------------- 10 edc-concepts-without-eu-uri
C, K = "edc-concepts-without-eu-uri", "concepts by notation, label or string; an id is a code only if it is of the authority table"


def edc(country, framework, eqf, mode, language, isced, point="5", **spec):
    org = {"id": "http://example.org/i", "type": "Organisation", "legalName": {"en": "Example Academy"}}
    s = {"id": "urn:s:1", "type": "Qualification", "title": {"en": "Digital skills"}, "creditPoint": [{"type": "CreditPoint", "framework": framework, "point": point}], "eqfLevel": eqf, "mode": mode, "language": language, "ISCEDFCode": isced, **spec}
    return {"@context": [VC2, EDCC], "id": "urn:credential:1", "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
            "issuer": {**org, "location": [{"type": "Location", "address": [{"type": "Address", "countryCode": country}]}]}, "validFrom": "2026-02-01T00:00:00Z",
            "credentialSubject": {"id": "urn:p", "type": "Person", "hasClaim": [{"id": "urn:c:1", "type": "LearningAchievement", "title": {"en": "Digital skills"},
                "awardedBy": {"type": "AwardingProcess", "awardingBody": [org]}, "specifiedBy": s}]}}


def con(**k):
    return {"type": "Concept", **k}


def concepts(country, ects, eqf, mode, language, isced, q, strict=(), why="", id="urn:s:1", skip=()):
    """q: what a doubt quotes, by field."""
    rows = [("country", "access.countries", [[country]]), ("ects", ECTS, ects), ("eqf", "eqfLevel", eqf), ("mode", "access.mode", mode), ("language", "access.languages.*.languageCode", [[language]]), ("isced", "iscedCodes", [[isced]])]
    return [value(id, p, r, f"{n}: {why}", quotes=q.get(n, []), strict=n in strict) for n, p, r in rows if n not in skip]


def cat(file, asserts):
    return [{"do": "catalogue", "files": [file], "assert": asserts}]


ON, BL, ONS = "DELIVERY_MODE_ONLINE", "DELIVERY_MODE_BLENDED", "DELIVERY_MODE_ONSITE"
f = "three-letters.json"
variant(C, "notations-of-the-authority-tables", K, cat(f, concepts("DE", 10, 6, ON, "de", "0913", {"country": ["DEU"], "eqf": ["6"], "mode": ["online"], "language": ["DEU"], "isced": ["0913"]}, ("ects",), "codes as the authority tables of the EU write them (DEU, DEU)")),
    {f: edc(con(notation="DEU"), con(notation="ECTS"), con(notation="6"), [con(notation="online")], [con(notation="DEU")], [con(notation="0913")], "10")}, "Publications Office, authority tables country and language: codes of three letters")
f = "de.json"
variant(C, "labels-in-german", K, cat(f, concepts("ES", 5, 5, ON, "es", "0611", {"country": ["Spanien"], "ects": ["Europäisches System", "ECTS"], "eqf": ["Stufe 5"], "mode": ["Online"], "language": ["Spanisch"], "isced": ["Computernutzung"]}, (), "the value, or a doubt that quotes the label")),
    {f: edc(con(prefLabel={"de": "Spanien"}), con(prefLabel={"de": "Europäisches System zur Übertragung von Studienleistungen (ECTS)"}), con(prefLabel={"de": "Stufe 5"}), [con(prefLabel={"de": "Online"})], [con(prefLabel={"de": "Spanisch"})], [con(prefLabel={"de": "Computernutzung"})])})
f = "nqf.json"
variant(C, "ids-of-other-tables", K, cat(f, [
    {"path": ["records", "urn:s:1", "eqfLevel"], "absent": True, "why": "https://example.org/nqf/7 is a level of a national framework: no EQF 7"},
    {"doubt": {"id": "urn:s:1", "quotes": ["Level 7", "nqf/7"]}, "why": "the level that cannot be taken is told"},
    {"path": ["records", "urn:s:1", "workload", "ects"], "absent": True, "why": "points of 'Modulpunkte' are no ECTS"},
    {"doubt": {"id": "urn:s:1", "quotes": ["Modulpunkte", "30"]}, "why": "the points are told"},
    {"path": ["records", "urn:s:1", "iscedCodes"], "absent": True, "why": "https://example.org/subjects/0611 is no ISCED code"},
    {"path": ["records", "urn:s:1", "access", "countries"], "absent": True, "why": "https://example.org/country/6 names none"},
    {"path": ["records", "urn:s:1", "access", "mode"], "absent": True, "why": "urn:x:online is an id of the document's own; no notation, no label"}]),
    {f: edc(con(id="https://example.org/country/6"), con(id="https://example.org/points/1", prefLabel={"de": "Modulpunkte"}), con(id="https://example.org/nqf/7", prefLabel={"en": "Level 7"}), [con(id="urn:x:online")], [con(id="urn:lang:es")], [con(id="https://example.org/subjects/0611")], "30")})
f = "scheme.json"
variant(C, "typed-and-listed-notations", K, cat(f, concepts("FR", 3, 4, BL, "fr", "1013", {"country": ["FR"], "eqf": ["4"], "mode": ["blended"], "language": ["fr"], "isced": ["1013"]}, ("ects",), "a notation as a typed literal, as a list of one, and with its scheme")),
    {f: edc(con(notation={"@value": "FR", "@type": "xsd:string"}), con(notation=["ECTS"]), con(notation="4", inScheme={"id": "http://data.europa.eu/snb/eqf/25831c2", "type": "ConceptScheme"}), con(notation="blended"), con(notation=["fr"]), con(notation={"@value": "1013"}), 3)}, "JSON-LD 1.1, 4.2.1: {\"@value\"} is the literal itself")
f = "elm.jsonld"
elm_lo = {"@context": "http://data.europa.eu/snb/model/context/edc-ap", "@graph": [
    {"id": "urn:lo:1", "type": "LearningOpportunity", "title": {"en": "Digital skills"}, "mode": [con(notation="online")], "learningAchievementSpecification": {"id": "urn:s:1"},
     "providedBy": {"id": "urn:org", "type": "Organisation", "legalName": {"en": "Example Academy"}, "location": [{"type": "Location", "address": [{"type": "Address", "countryCode": con(notation="ES")}]}]}},
    {"id": "urn:s:1", "type": "Qualification", "title": {"en": "Digital skills"}, "creditPoint": [{"type": "CreditPoint", "framework": con(notation="ECTS"), "point": "5"}], "eqfLevel": con(notation="5"), "language": [con(notation="es")], "ISCEDFCode": [con(notation="0611")]}]}
variant(C, "learning-opportunity", K, cat(f, concepts("ES", 5, 5, ON, "es", "0611", {"country": ["ES"], "eqf": ["5"], "mode": ["online"], "language": ["es"], "isced": ["0611"]}, ("ects",), "an opportunity of ELM with its concepts by notation", "urn:lo:1", ("country",))), {f: elm_lo})
f = "https.json"
variant(C, "uris-written-otherwise", K, cat(f, concepts("ES", 5, 5, ON, "es", "0611", {"country": ["ESP"], "ects": ["6fcec5c5af"], "eqf": ["eqf/5"], "mode": ["920fbb3cbe"], "language": ["SPA"], "isced": ["0611"]}, (), "https for http, and a slash behind: the value, or a doubt that quotes it")),
    {f: edc(con(id="https://publications.europa.eu/resource/authority/country/ESP"), con(id="https://data.europa.eu/snb/education-credit/6fcec5c5af"), con(id="https://data.europa.eu/snb/eqf/5"), [con(id="https://data.europa.eu/snb/learning-assessment/920fbb3cbe")],
            [con(id="https://publications.europa.eu/resource/authority/language/SPA/")], [con(id="https://data.europa.eu/snb/isced-f/0611")])})

# ---------------------------------------------------------------- 11 edc-sealed-jades
C, K = "edc-sealed-jades", "JWS in JSON form is opened (RFC 7515, 7.2)"


def cashier(title="Retail cashier course", n=1, text=CASHWORDS, ctx=None):
    return {"@context": ctx or ["https://www.w3.org/2018/credentials/v1", EDCC], "id": f"urn:credential:{n}", "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
            "issuer": {"id": "http://example.org/i", "type": "Organisation", "legalName": {"en": "Example Academy"}}, "validFrom": "2026-02-01T00:00:00Z",
            "credentialSubject": {"id": f"urn:p:{n}", "type": "Person", "givenName": {"en": "Ludmila"}, "familyName": {"en": "Novotna"}, "hasClaim": [{"id": f"urn:c:{n}", "type": "LearningAchievement", "title": {"en": title},
                "specifiedBy": {"id": f"urn:s:{n}", "type": "LearningAchievementSpecification", "title": {"en": title}, "learningOutcome": [{"id": f"urn:o:{n}", "type": "LearningOutcome", "title": {"en": text}}]}}]}}


def badge(title="Running a till", n=1, narrative=CASHWORDS, **ach):
    return {"@context": [VC2, OBC], "id": f"https://example.org/credentials/{n}", "type": ["VerifiableCredential", "OpenBadgeCredential"], "name": title,
            "issuer": {"id": "https://example.org/issuer", "type": ["Profile"], "name": "Example Academy", "address": {"type": ["Address"], "addressCountryCode": "NL"}}, "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {"type": ["AchievementSubject"], "achievement": {"id": f"https://example.org/achievements/{n}", "type": ["Achievement"], "name": title, "description": "Runs a till and handles money.", "criteria": {"narrative": narrative}, **ach}}}


PROT = b64({"alg": "ES256", "typ": "JOSE+JSON", "cty": "vc+ld+json", "sigT": "2026-02-01T00:00:00Z", "crit": ["sigT"]})


def seal(payload, n=1, text=False):
    return {"payload": json.dumps(payload, ensure_ascii=False) if text else b64(payload), "signatures": [{"protected": PROT, "header": {"etsiU": ["e30"]}, "signature": b64(b"sig%d" % i)} for i in range(n)]}


nothing_of = lambda w: {"raw": {"lacks": w}, "why": "nothing of the person is in the answer"}
RC, RT = "Retail cashier course", "Running a till"
variant(C, "two-signatures", K, check_and_hold(["a.json"], [RC], "a credential sealed by two (RFC 7515, 7.2.1: signatures is an array)", more=[nothing_of("Novotna")]), {"a.json": seal(cashier(), 2)})
variant(C, "open-badge-general", K, check_and_hold(["a.json"], [RT], "an Open Badge in general JWS JSON"), {"a.json": seal(badge())})
fl = seal(badge())
variant(C, "open-badge-flattened", K, check_and_hold(["a.json"], [RT], "an Open Badge in flattened JWS JSON (7.2.2)"), {"a.json": {"payload": fl["payload"], **fl["signatures"][0]}})
un = {**cashier(text="Operate the cash register – Geld zählen, Rückgeld geben")}
variant(C, "unencoded-payload-rfc7797", K, check_and_hold(["a.json"], [RC], "b64:false (RFC 7797, 3): the payload is the text itself"),
    {"a.json": {"payload": json.dumps(un, ensure_ascii=False, indent=2), "signatures": [{"protected": b64({"alg": "ES256", "b64": False, "crit": ["b64"]}), "signature": "c2ln"}]}})
two = [seal(cashier("Retail cashier course", 1)), seal(cashier("Shop floor course", 2, "Arrange product displays"))]
both = [RC, "Shop floor course"]
for name, content, w in (("array-of-two", json.dumps(two), "an array of two sealed credentials"), ("two-lines", "".join(json.dumps(x) + "\n" for x in two), "one sealed credential a line")):
    variant(C, name, K, [{"do": "check", "files": ["a.json"], "assert": [{"path": ["records", "*", "title"], "values": both, "why": w + " (formats.md: any of the JSON formats may stand one a line, or in an array)"}]}], {"a.json": content})
vp = {"@context": [VC2], "type": ["VerifiablePresentation"], "verifiableCredential": [seal(cashier())]}
variant(C, "in-a-presentation", K, check_and_hold(["a.json"], [RC], "a presentation that holds a sealed credential (formats.md: inside a presentation or another wallet's envelope)"), {"a.json": vp})
variant(C, "broken-payload", K, [{"do": "check", "files": ["a.json", "b.json"], "assert": [
    {"refused": {"file": "a.json"}, "why": "a payload that is no base64url and no JSON is refused with its file"}, {"refused": {"file": "b.json"}, "why": "a payload that holds no credential is refused with its file"}, {"path": ["count"], "equals": 0, "why": "nothing is read of them"}]}],
    {"a.json": {"payload": "%%%not base64%%%", "signatures": [{"protected": PROT, "signature": "c2ln"}]}, "b.json": seal({"hello": "world"})})
pad = seal(cashier())
pad["payload"] = base64.urlsafe_b64encode((json.dumps(cashier()) + "  ").encode()).decode()
pad["payload"] += "" if pad["payload"].endswith("=") else ""
variant(C, "padded-base64", K, [{"do": "check", "files": ["a.json"], "assert": [{"any": [{"path": ["records", "*", "title"], "values": [RC]}, {"refused": {"file": "a.json"}}], "why": "base64 with padding is against RFC 7515, 2: read all the same, or refused with a reason"}]}], {"a.json": pad})

# ---------------------------------------------------------------- 12 esco-link-of-another-version
C, K = "esco-link-of-another-version", "a declared link that this ESCO does not know does not switch inference off, and is told"
GONE, GONE2 = U + "00000000-0000-4000-8000-000000000000", U + "ffffffff-ffff-4fff-bfff-ffffffffffff"


def inferred(id, base="esco"):
    return {"all": [{"teaches": {"id": id, "origin": "INFERRED"}}], "why": f"{id}: 'Operate the cash register' is linked by its text, as inferred"}


def unknown_told(id, quote):
    """In the report, in the record or as a doubt; the summary counts links of another version."""
    return {"any": [{"path": ["log"], "contains": quote}, {"path": ["records", id], "contains": quote}, {"path": ["log"], "matches": r"[1-9]\d* links to skills of another ESCO version"}], "why": "the unknown link is told"}


ask = lambda files, ids: {"do": "recommend", "base": "esco", "files": files, "requests": [{"demand": [{"uri": CASH}]}], "assert": [{"path": ["answers", 0, "recommendations", "*", "credentialId"], "contains": i, "why": f"{i} is recommended for the cash register"} for i in ids]}
f = "kurse.csv"
variant(C, "csv", K, [{"do": "catalogue", "base": "esco", "files": [f], "assert": [inferred("a"), unknown_told("a", GONE), {"any": [{"not": {"teaches": {"id": "a", "origin": "DECLARED"}}}], "why": "not as declared"}]}, ask([f], ["a", "b"])],
    {f: f"id,title,outcomes,skills\na,Kasse,{CASHWORDS},{GONE}\nb,Kasse zwei,{CASHWORDS},\n"})
f = "elm.json"
variant(C, "elm", K, [{"do": "catalogue", "base": "esco", "files": [f], "assert": [inferred("urn:a"), unknown_told("urn:a", GONE)]}, ask([f], ["urn:a"])],
    {f: elm("urn:a", "Cashier", [o("urn:o", CASHWORDS, relatedESCOSkill=[{"id": GONE, "type": "Concept", "prefLabel": {"en": "run a till"}}])])})
f = "badge.json"
variant(C, "open-badge-alignment", K, [{"do": "catalogue", "base": "esco", "files": [f], "assert": [inferred("https://example.org/achievements/1"), unknown_told("https://example.org/achievements/1", GONE)]}, ask([f], ["https://example.org/achievements/1"])],
    {f: badge(alignment=[{"type": ["Alignment"], "targetName": CASHWORDS, "targetUrl": GONE, "targetFramework": "ESCO", "targetType": "ceasn:Competency"}])})
f = "mixed.jsonl"
n = [{"id": "a", "title": "Cashier", "outcomes": [{"text": {"en": CASHWORDS}, "skills": [{"uri": GONE}, {"uri": COMPL}]}]}, {"id": "b", "title": "Cashier", "outcomes": [{"text": {"en": CASHWORDS}, "skills": [{"uri": GONE}, {"uri": GONE2}]}]},
     {"id": "c", "title": "Cashier", "skillsRequired": [{"uri": GONE}], "outcomes": [{"text": {"en": CASHWORDS}}]}, {"id": "d", "title": "Cashier", "outcomes": [{"text": {"en": CASHWORDS}, "skills": [{"uri": GONE, "origin": "LINK_ORIGIN_INFERRED", "confidence": 0.8}]}]}]
variant(C, "known-beside-unknown", K, [{"do": "catalogue", "base": "esco", "files": [f], "assert": [
    {"teaches": {"id": "a", "uri": COMPL, "origin": "DECLARED"}, "why": "the known one of two declared links counts as declared"}, unknown_told("a", GONE), inferred("b"), inferred("c"),
    {"any": [{"teaches": {"id": "d"}}], "why": "an inferred link that this ESCO does not know keeps nothing from being inferred"}]}, ask([f], ["b", "c", "d"])],
    {f: "".join(json.dumps(x) + "\n" for x in n)})
f = "elmo.xml"
f2 = "edc.json"
e2 = cashier()
e2["credentialSubject"]["hasClaim"][0]["specifiedBy"]["learningOutcome"][0]["relatedESCOSkill"] = {"id": GONE, "type": "Concept", "prefLabel": {"en": "run a till"}}
variant(C, "held-document", K, [{"do": "catalogue", "base": "esco", "files": [f2], "assert": [inferred("urn:s:1"), unknown_told("urn:s:1", GONE)]},
    {"do": "recommend", "base": "esco", "requests": [{"demand": [{"uri": CASH}], "profile": {"document_files": [f2]}}], "assert": [gap(0, "operate cash register", [PARTLY, MET], "a person's document with an unknown link still shows its outcome"), {"held": {"titles": [RC], "refused": 0}, "why": "one document"}]}],
    {f2: e2})

# ---------------------------------------------------------------- 13 ob3-alignments-no-competency
C, K = "ob3-alignments-no-competency", "alignments are outcomes only if they are competencies"
A1 = "https://example.org/achievements/1"


def al(name, url, type=None, framework=None, code=None, desc=None):
    a = {"type": ["Alignment"], "targetName": name, "targetUrl": url}
    return {**a, **{k: v for k, v in (("targetType", type), ("targetFramework", framework), ("targetCode", code), ("targetDescription", desc)) if v}}


def ob(alignments, asserts, **ach):
    return cat("a.json", asserts), {"a.json": badge(alignment=alignments, **ach)}


only = {"only_teaches": {"id": A1}, "why": "it teaches the cash register and nothing else"}
taught = {"teaches": {"id": A1}, "why": "it teaches the cash register, from its criteria or its competency"}
no_out = lambda m, w: {"no_outcome": {"id": A1, "match": m}, "why": w}
kept = lambda qs, w: {"any": [{"path": ["records", A1], "contains": q} for q in qs], "why": w + ": in a field of its own or in a doubt, not dropped without a word"}
s, fl = ob([al("Cashier", "http://data.europa.eu/esco/occupation/bdd36a26-6f8c-4b52-b0b6-5c3a0cc0f5f2", framework="ESCO"), al("Shop sales assistants", "http://data.europa.eu/esco/isco/C5223", framework="ISCO-08"), al("Cashiers", "https://www.onetonline.org/link/summary/41-2011.00", framework="O*NET-SOC", code="41-2011.00"), al("Verkäufer/in", "https://berufenet.arbeitsagentur.de/berufenet/faces/index?path=null/kurzbeschreibung&dkz=6625", framework="KldB 2010", code="62102")],
    [only, taught, no_out("Cashier|Shop sales|Verkäufer", "occupations are no outcomes"), kept(["41-2011.00", "Cashiers"], "the occupation of O*NET"), kept(["C5223", "Shop sales assistants"], "the group of ISCO"), kept(["62102", "Verkäufer"], "the occupation of KldB")])
variant(C, "occupations", K, s, fl)
s, fl = ob([al("Run a till", "https://example.org/cf/1", "CFItem", "Example framework"), al("Handle customer complaints", "https://example.org/cf/2", "ceasn:Competency")],
    [{"any": [{"path": ["records", A1, "outcomes", "*", "text", "*"], "contains": "Handle customer complaints"}], "why": "a ceasn:Competency is an outcome (OB 3.0, AlignmentTargetType)"}, {"any": [{"path": ["records", A1, "outcomes", "*", "text", "*"], "contains": "Run a till"}], "why": "a CFItem of CASE is an outcome"}])
variant(C, "competencies-are-outcomes", K, s, fl, "Open Badges 3.0, enumeration AlignmentTargetType")
s, fl = ob([al("Certified Retail Professional", "https://credentialfinder.org/credential/1", "ceterms:Credential"), al("Rubric for tills", "https://example.org/rubric", "CFRubric"), al("Accuracy of change", "https://example.org/rubric/c1", "CFRubricCriterion"), al("Level 3: proficient", "https://example.org/rubric/l3", "CFRubricCriterionLevel")],
    [only, taught, no_out("Certified Retail|Rubric|Level 3", "a credential, a rubric and a level of it are no outcomes"), kept(["Certified Retail Professional"], "the other credential")])
variant(C, "credentials-and-rubrics", K, s, fl, "Open Badges 3.0, AlignmentTargetType: ceterms:Credential, CFRubric, CFRubricCriterion, CFRubricCriterionLevel")
s, fl = ob([al("NLQF niveau 4", "https://nlqf.nl/niveaus", "ext:NLQF", code="4")], [{"path": ["records", A1, "eqfLevel"], "absent": True, "why": "a national level is not the European one"}, no_out("NLQF", "a level is no outcome"), only, taught, kept(["NLQF"], "the national level")])
variant(C, "national-level", K, s, fl)
s, fl = ob([al("EQF 6", "https://europass.europa.eu/en/description-eight-eqf-levels", "ext:EQFLevel", "European Qualifications Framework", "6")], [value(A1, "eqfLevel", 6, "ext:EQFLevel (edubadges' model for OB 3.0) with the code 6", quotes=["EQF 6"]), no_out("EQF", "a level is no outcome"), only, taught])
variant(C, "eqf-as-edubadges-writes-it-now", K, s, fl, "edubadges/edubadges-server wiki, Edubadges Metadata Model OB3: the EQF level becomes an alignment ext:EQFLevel")
s, fl = ob([al("Niveau 5 du cadre européen des certifications", "https://data.europa.eu/snb/eqf/5", framework="CEC")], [value(A1, "eqfLevel", 5, "the EU's URI of EQF 5, with https, and words in French", quotes=["Niveau 5", "eqf/5"]), no_out("Niveau", "a level is no outcome"), only, taught])
variant(C, "eqf-in-french", K, s, fl)
s, fl = ob([al("ISO 9001", "https://www.iso.org/standard/62085.html", framework="ISO"), al("Decent work", "https://sdgs.un.org/goals/goal8", framework="UN Sustainable Development Goals", code="8"), al("NVAO accreditation", "https://www.nvao.net/en/decisions/1", "ext:Accreditation"), al("Business and administration", "http://uis.unesco.org/en/topic/isced", framework="ISCED-F 2013", code="0413")],
    [only, taught, no_out("ISO 9001|Decent work|NVAO|Business and", "a standard, a goal, an accreditation and a field are no outcomes"), kept(["ISO 9001"], "the standard"), kept(["NVAO"], "the accreditation"),
     value(A1, "iscedCodes", [["0413"]], "ISCED 0413 (framework and code name it)", quotes=["Business and administration", "0413"])])
variant(C, "standards-goals-accreditation", K, s, fl)
s, fl = ob([al("operate cash register", CASH, framework="ESCO"), al("WO-minor", "https://data.example.org/decisions/1", "ext:QualityAssurance", desc="Psychologische Assessment")],
    [{"teaches": {"id": A1, "origin": "DECLARED"}, "why": "an alignment to the URI of an ESCO skill is the issuer's own link"}, only, no_out("WO-minor|Psycholog", "quality assurance is no outcome")], narrative="See https://example.org")
fl["a.json"]["credentialSubject"]["achievement"]["criteria"] = {"id": "https://example.org/criteria"}
variant(C, "esco-beside-quality-assurance", K, s, fl)

# ---------------------------------------------------------------- 14 sd-jwt-disclosures
C, K = "sd-jwt-disclosures", "disclosures of SD-JWT (RFC 9901) are read, and only those that the issuer's digests know"


def disc(*parts):
    return b64(list(parts))


def dig(d, alg="sha256"):
    return base64.urlsafe_b64encode(hashlib.new(alg, d.encode()).digest()).rstrip(b"=").decode()


def sdjwt(payload, discs, kb=""):
    return b64({"alg": "ES256", "typ": "dc+sd-jwt"}) + "." + b64(payload) + ".c2ln~" + "".join(d + "~" for d in discs) + kb


def b(**k):
    x = badge()
    x.update(k)
    return x


ach = badge()["credentialSubject"]["achievement"]
name = disc("s1", "family_name", "Novotna")


def hold(why, *more, titles=(RT,), state=(PARTLY, MET), refused=0):
    return [{"do": "recommend", "requests": [{"ad": S2, "profile": {"document_files": ["a.txt"]}}], "assert": [{"held": {"titles": list(titles), "refused": refused, "unverified": True}, "why": why}, gap(0, "operate cash register", list(state), why), nothing_of("Novotna"), *more]}]


p = badge()
d_ach = disc("s2", "achievement", ach)
subj = {"type": ["AchievementSubject"], "_sd": [dig(d_ach)]}
d_sub = disc("s3", "credentialSubject", subj)
p.pop("credentialSubject")
variant(C, "nested", K, hold("the subject is disclosed, and in it its achievement (RFC 9901, 4.2.6, recursive disclosures)"), {"a.txt": sdjwt({**p, "_sd": [dig(d_sub), dig(name)], "_sd_alg": "sha-256"}, [d_sub, d_ach, name])})
variant(C, "nested-in-other-order", K, hold("the order of disclosures says nothing (RFC 9901, 4.2.6)"), {"a.txt": sdjwt({**p, "_sd": [dig(name), dig(d_sub)], "_sd_alg": "sha-256"}, [d_ach, name, d_sub])})
comp = al(CASHWORDS, "https://example.org/cf/1", "ceasn:Competency")
d_el, d_hidden = disc("s4", comp), disc("s5", al("Arrange product displays", "https://example.org/cf/2", "ceasn:Competency"))
pa = b()
pa["credentialSubject"]["achievement"] = {**ach, "criteria": {"narrative": "Passed."}, "alignment": [{"...": dig(d_el)}, {"...": dig(d_hidden)}]}
variant(C, "array-elements", K, hold("one of two alignments is disclosed (RFC 9901, 4.2.4.2: {\"...\": digest} in an array)", gap(0, "organise product display", MISSING, "the one that the holder does not show is not read")), {"a.txt": sdjwt({**pa, "_sd_alg": "sha-256"}, [d_el])})
kb = b64({"alg": "ES256", "typ": "kb+jwt"}) + "." + b64({"iat": 1700000000, "aud": "https://example.org", "nonce": "n", "sd_hash": "x", "name": "Novotna"}) + ".c2ln"
d_s = disc("s6", "credentialSubject", badge()["credentialSubject"])
variant(C, "with-key-binding", K, hold("a key binding token stands behind the last ~ (RFC 9901, 4.3): the credential is read all the same"), {"a.txt": sdjwt({**p, "_sd": [dig(d_s), dig(name)]}, [d_s, name], kb)})
variant(C, "without-sd-alg-and-with-decoys", K, hold("without _sd_alg it is sha-256 (RFC 9901, 4.1.1); digests without a disclosure are decoys or not shown (4.2.5)"), {"a.txt": sdjwt({**p, "_sd": [dig("decoy"), dig(d_s), dig("decoy2")]}, [d_s])})
evil = disc("s7", "achievement", {**ach, "name": "Running a till", "criteria": {"narrative": CASHWORDS}})
pe = badge()
pe["credentialSubject"] = {"type": ["AchievementSubject"], "_sd": [dig("something else")]}
variant(C, "planted-disclosure", K, [{"do": "recommend", "requests": [{"ad": S2, "profile": {"document_files": ["a.txt"]}}], "assert": [gap(0, "operate cash register", MISSING, "a disclosure whose digest the issuer's part does not hold must not count (RFC 9901, 7.1: the token must be rejected)"), {"held": {"titles": [], "refused": 1}, "why": "the token is refused"}]}],
    {"a.txt": sdjwt({**pe, "_sd_alg": "sha-256"}, [evil])}, "RFC 9901, 7.1, step 5")
variant(C, "subject-not-shown", K, [{"do": "recommend", "requests": [{"ad": S2, "profile": {"document_files": ["a.txt"]}}], "assert": [{"held": {"titles": [], "refused": 1}, "why": "nothing is shown of what was achieved: refused with a reason, not held"}, gap(0, "operate cash register", MISSING, "nothing is held"), nothing_of("Novotna")]}],
    {"a.txt": sdjwt({**p, "_sd": [dig(d_s), dig(name)], "_sd_alg": "sha-256"}, [name])})
j = sdjwt({**p, "_sd": [dig(d_s), dig(name)], "_sd_alg": "sha-256"}, []).split("~")[0].split(".")
variant(C, "json-serialisation", K, [{"do": "recommend", "requests": [{"ad": S2, "profile": {"document_files": ["a.txt"]}}], "assert": [
    {"any": [{"all": [{"held": {"titles": [RT], "refused": 0, "unverified": True}}, gap(0, "operate cash register", [PARTLY, MET], "")]}, {"held": {"titles": [], "refused": 1}}], "why": "SD-JWT in flattened JWS JSON, disclosures in the unprotected header (RFC 9901, 8): read, or refused with a reason"}, nothing_of("Novotna")]}],
    {"a.txt": {"payload": j[1], "protected": j[0], "signature": "c2ln", "header": {"disclosures": [d_s, name]}}})
d384 = disc("s8", "credentialSubject", badge()["credentialSubject"])
variant(C, "sha-384", K, hold("_sd_alg sha-384 (IANA's Named Information Hash Algorithm Registry; RFC 9901, 4.1.1), or refused with a reason") [:0] + [{"do": "recommend", "requests": [{"ad": S2, "profile": {"document_files": ["a.txt"]}}], "assert": [
    {"any": [{"all": [{"held": {"titles": [RT], "refused": 0}}, gap(0, "operate cash register", [PARTLY, MET], "")]}, {"held": {"titles": [], "refused": 1}}], "why": "_sd_alg sha-384 (RFC 9901, 4.1.1): read, or refused with a reason"}]}],
    {"a.txt": sdjwt({**p, "_sd": [dig(d384, "sha384")], "_sd_alg": "sha-384"}, [d384])})
eu = {"vct": "urn:eu.europa.ec.eudi:learning:credential:1", "iss": "https://example.org", "issuing_authority": "Beispielakademie", "issuing_country": "DE"}
ds = [disc("t1", "achievement_title", "Kassenkurs"), disc("t2", "learning_outcomes", ["Registrierkasse bedienen"]), disc("t3", "family_name", "Novotna"), disc("t4", "given_name", "Ludmila")]
variant(C, "eudi-flat-claims-de", K, [{"do": "recommend", "requests": [{"ad": S2, "profile": {"document_files": ["a.txt"]}}], "assert": [
    {"any": [{"held": {"titles": ["Kassenkurs"], "refused": 0}}, {"held": {"titles": [], "refused": 1}}], "why": "the EU wallet's learning credential in flat claims: held, or refused with a reason"}, nothing_of("Novotna|Ludmila")]}],
    {"a.txt": sdjwt({**eu, "_sd": [dig(d) for d in ds], "_sd_alg": "sha-256"}, ds)})

# ---------------------------------------------------------------- 15 page-with-jobposting-only
C, K = "page-with-jobposting-only", "a page whose text is only in its JobPosting"
DESC = "<p>We look for a nurse for our surgical ward.</p><p><strong>Your tasks</strong></p><ul><li>Take blood samples</li><li>Administer prescribed medication</li></ul><p><strong>Your profile</strong></p><ul><li>Fluent German (B2)</li><li>First aid certificate</li></ul>"
import html
NURSE = {"@context": "https://schema.org/", "@type": "JobPosting", "title": "Nurse, surgical ward", "description": DESC, "datePosted": "2026-10-01", "hiringOrganization": {"@type": "Organization", "name": "Example Clinic"}}
note = lambda id: {"any": [{"path": [*w], "matches": r"no text|JobPosting|holds no|only a script"} for w in (("ads", id), ("log",))]}


def page(ld, body='<div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript>', head="", t='application/ld+json'):
    scripts = "".join(f'<script type="{t}">{x if isinstance(x, str) else json.dumps(x, ensure_ascii=False)}</script>' for x in (ld if isinstance(ld, list) else [ld]))
    return f'<!DOCTYPE html><html lang="en"><head><title>Nurse | Example Clinic</title>{head}{scripts}</head><body>{body}</body></html>'


def nurse(id, why):
    four = [skill(id, x, "asked", "") for x in ("take blood samples", "administer prescribed medication", ".*first aid.*")] + [level(id, "German", ["B2"], "")]
    return {"any": [{"all": four}, note(id)], "why": why + ": the four skills of its description, or a note that the page holds no text"}


def pages(*rows, more=()):
    return extract(*[nurse(str(i + 1), w) for i, (_, w) in enumerate(rows)], *more), {"input.jsonl": jsonl(*[t for t, _ in rows])}


graph = {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "Example"}, {"@type": "BreadcrumbList", "itemListElement": []}, {k: v for k, v in NURSE.items() if k != "@context"}]}
s, fl = pages((page(graph), "a @graph (Yoast and others) with the JobPosting in it"), (page([graph["@graph"]]), "an array of nodes"), (page({**NURSE, "@type": ["JobPosting"]}), "@type as a list"))
variant(C, "graph-and-arrays", K, s, fl)
s, fl = pages((page([{"@context": "https://schema.org", "@type": "Organization", "name": "Example Clinic"}, NURSE]), "two scripts, the posting in the second"), (page(NURSE, t="application/ld+json; charset=utf-8"), "a type with a charset"), (page(NURSE).replace('<script type="application/ld+json">', "<SCRIPT TYPE='application/ld+json' data-rh=true id=jp>"), "other quotes, capitals, further attributes"))
variant(C, "several-scripts", K, s, fl)
s, fl = pages((page({**NURSE, "description": html.escape(DESC)}), "a description that is escaped twice"), (page({**NURSE, "description": DESC.replace("<", "\\u003c")}).replace("\\\\u003c", "\\u003c"), "\\u003c in JSON, as Next.js writes it"),
    (page({**NURSE, "description": "We look for a nurse.\n\nYour tasks\n- Take blood samples\n- Administer prescribed medication\n\nYour profile\n- Fluent German (B2)\n- First aid certificate"}), "a description in plain text"))
variant(C, "escaped-descriptions", K, s, fl)
s, fl = pages((page(NURSE, '<div id="cookie"><p>We use cookies to improve your experience.</p><button>Accept all</button><button>Settings</button></div><div id="app"></div>'), "a body with a cookie banner alone"),
    (page(NURSE, "<header><a>Home</a> <a>Jobs</a> <a>Login</a></header><main>Loading…</main><footer>Imprint Privacy</footer>"), "a body with navigation and 'Loading…'"), (page(NURSE, '<p>Please enable JavaScript to view this page.</p>'), "a body that asks for JavaScript"), more=[skill("3", "JavaScript", AB, "'Please enable JavaScript' asks the reader's browser, not the nurse")])
variant(C, "body-with-nothing-of-the-ad", K, s, fl)
DE = "<p>Wir suchen eine Pflegekraft.</p><p><strong>Ihre Aufgaben</strong></p><ul><li>Blutproben entnehmen</li><li>verordnete Medikamente verabreichen</li></ul><p><strong>Ihr Profil</strong></p><ul><li>Englisch B2</li><li>Erste Hilfe leisten</li></ul>"
FR = "<p>Nous cherchons une infirmière.</p><p><strong>Vos missions</strong></p><ul><li>prélever des échantillons de sang</li><li>administrer un médicament prescrit</li></ul><p><strong>Votre profil</strong></p><ul><li>Anglais B2</li><li>prodiguer les premiers soins</li></ul>"
rows = [DE, page({**NURSE, "title": "Pflegekraft", "description": DE}).replace('lang="en"', 'lang="de"'), FR, page({**NURSE, "title": "Infirmière", "description": FR}).replace('lang="en"', 'lang="fr"')]
variant(C, "german-and-french", K, extract(
    {"any": [enum("2", "", "1", 2), note("2")], "why": "de: what the description alone asks for, or a note"}, {"any": [enum("4", "", "3", 2), note("4")], "why": "fr: what the description alone asks for, or a note"}), {"input.jsonl": jsonl(*rows)})
broken = page("{\"@type\": \"JobPosting\", \"description\": \"Take blood samples")
event = page({"@context": "https://schema.org", "@type": "Event", "name": "Python evening", "description": "Learn Python and SQL"}, "<h2>Driver</h2><p>Requirements</p><ul><li>English B2</li></ul>")
variant(C, "others-than-postings", K, extract({"raw": {"matches": '"1"'}, "why": "a broken posting is answered"}, skill("2", [PY, "SQL"], AB, "an Event in the page asks for nothing"), level("2", "English", ["B2"], "the text of the page is read as before")), {"input.jsonl": jsonl(broken, event)})

# ---------------------------------------------------------------- 16 clr-associations
C, K = "clr-associations", "what the associations of a CLR say of parts, and no more (CLR 2.0, AssociationType)"


def clr(n, assoc, ids=None, subject=None):
    names = ["Nurse assistant programme", "Human anatomy", "First aid", "Bandages"]
    vcs = []
    for i in range(n):
        v = badge(names[i], i + 1, names[i])
        v["id"], v["type"] = f"urn:uuid:v{i + 1}", ["VerifiableCredential", "AchievementCredential"]
        v["credentialSubject"]["achievement"]["id"] = f"urn:uuid:a{i + 1}"
        vcs.append(v)
    return {"@context": [VC2, CLRC, OBC], "id": "urn:uuid:clr1", "type": ["VerifiableCredential", "ClrCredential"], "name": "Record", "issuer": badge()["issuer"], "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {"id": "urn:uuid:p", "type": ["ClrSubject"], "verifiableCredential": vcs, "association": assoc}}


def as_(kind, s, t, prefix="urn:uuid:a"):
    return {"type": "Association", "associationType": kind, "sourceId": f"{prefix}{s}", "targetId": f"{prefix}{t}"}


def parts(id, are, why, field="parts"):
    return {"parts": {"id": f"urn:uuid:a{id}", "are": [f"urn:uuid:a{x}" for x in are], "field": field}, "why": why}


def tree(why):
    return [parts(1, [2, 3], why), parts(2, [1], why, "partOf"), parts(3, [1], why, "partOf")]


variant(C, "is-child-of", K, cat("a.json", tree("isChildOf says of the child what isParentOf says of the parent")), {"a.json": clr(3, [as_("isChildOf", 2, 1), as_("isChildOf", 3, 1)])})
variant(C, "is-part-of", K, cat("a.json", tree("isPartOf")), {"a.json": clr(3, [as_("isPartOf", 2, 1), as_("isPartOf", 3, 1)])})
variant(C, "both-ways-and-twice", K, cat("a.json", tree("the same said from both sides, and twice, is said once")), {"a.json": clr(3, [as_("isParentOf", 1, 2), as_("isChildOf", 2, 1), as_("isParentOf", 1, 3), as_("isParentOf", 1, 3)])})
variant(C, "three-levels", K, cat("a.json", [parts(1, [2], "a1 has a2"), parts(2, [3, 4], "a2 has a3 and a4"), parts(3, [2], "a3 is part of a2", "partOf"), parts(2, [1], "a2 is part of a1", "partOf")]), {"a.json": clr(4, [as_("isParentOf", 1, 2), as_("isParentOf", 2, 3), as_("isChildOf", 4, 2)])})
variant(C, "others-are-no-parts", K, cat("a.json", [{"path": ["count"], "equals": 3, "why": "three records"}] + [parts(i, [], "isPeerOf, precedes, isRelatedTo, replacedBy and exactMatchOf say nothing of parts", fld) for i in (1, 2, 3) for fld in ("parts", "partOf")]),
    {"a.json": clr(3, [as_("isPeerOf", 1, 2), as_("precedes", 2, 3), as_("isRelatedTo", 1, 3), as_("replacedBy", 2, 1), as_("exactMatchOf", 3, 2)])})
variant(C, "ids-of-the-credentials", K, cat("a.json", [{"any": [{"all": tree("")}, {"path": ["records"], "contains": "isParentOf"}, {"path": ["log"], "matches": r"association(?!s/)|isParentOf"}],
    "why": "associations that name the ids of the credentials, not of the achievements: the parts, or a doubt or a message that quotes them"}, {"path": ["count"], "equals": 3, "why": "three records"}]), {"a.json": clr(3, [as_("isParentOf", 1, 2, "urn:uuid:v"), as_("isParentOf", 1, 3, "urn:uuid:v")])})
variant(C, "to-itself", K, cat("a.json", [{"path": ["count"], "equals": 3, "why": "three records, none lost"}, parts(1, [2], "the one association that holds"), {"not": {"parts": {"id": "urn:uuid:a3", "are": ["urn:uuid:a3"]}}, "why": "nothing is part of itself"}]) ,
    {"a.json": clr(3, [as_("isParentOf", 1, 2), as_("isParentOf", 3, 3)])})
variant(C, "a-single-object", K, cat("a.json", [{"any": [{"all": [parts(1, [2], ""), parts(2, [1], "", "partOf")]}, {"path": ["records"], "contains": "isParentOf"}, {"path": ["log"], "matches": r"association(?!s/)|isParentOf"}],
    "why": "one association as an object, not in a list (the same in JSON-LD, not in the JSON schema of CLR): the parts, or a doubt or a message"}]), {"a.json": clr(2, as_("isParentOf", 1, 2))})
tok = b64({"alg": "RS256", "typ": "JWT"}) + "." + b64({"iss": "https://example.org", "vc": clr(3, [as_("isChildOf", 2, 1), as_("isChildOf", 3, 1)])}) + ".c2ln"
variant(C, "as-a-token", K, cat("a.jwt", tree("a CLR as a token (CLR 2.0 allows a JWT proof)")), {"a.jwt": tok})

# ---------------------------------------------------------------- neighbouring kinds
C = "neighbours"
TAB = "spreadsheets as people save them"


def told_or(id, path, right, file, line, quotes, why, strict=False):
    return value(id, path, right, why, file, line, quotes, strict)


f = "kursy.csv"
variant(C, "libreoffice-pl", TAB + ": LibreOffice, Polish locale", cat(f, [
    told_or("spaw", COST, 1200, f, 2, ["1 200,00 zł"], "'1 200,00 zł' is 1200 PLN"), told_or("spaw", "cost.currency", "PLN", f, 2, ["zł"], "zł is PLN"), told_or("kasa", COST, 350, f, 3, ["350 zł"], "'350 zł' is 350"), told_or("spaw", "access.startDates", [["2026-04-03"]], f, 2, ["03.04.2026"], "03.04.2026 in Poland is 3 April"),
    told_or("spaw", "access.countries", [["PL"]], f, 2, ["Polska"], "Polska is PL"), told_or("kasa", "access.languages.*.languageCode", [["pl"]], f, 3, ["polski"], "polski is pl"), told_or("bhp", COST, 0, f, 4, ["bezpłatnie"], "bezpłatnie is free of charge")]),
    {f: "id;title;costAmount;costCurrency;hours;countries;languages;startDates\r\nspaw;Spawanie MAG;1 200,00 zł;;120;Polska;pl;03.04.2026\r\nkasa;Obsługa kasy;350 zł;;16;PL;polski;2026-05-01\r\nbhp;BHP;bezpłatnie;;8;PL;pl;2026-05-01\r\n"})
f = "kurse.txt"
variant(C, "utf16-tabs", TAB + ": Excel's 'Unicode text'", cat(f, [
    told_or("a", "title.de", "Schweißen für Anfänger", f, 2, [], "umlauts of a file in UTF-16 (formats.md: whatever begins with a byte order mark of UTF-16)", True), told_or("a", COST, 450, f, 2, [], "450", True), told_or("a", HOURS, 16.5, f, 2, [], "16,5", True),
    told_or("b", "title.de", "Kasse, Überblick; \"kurz\"", f, 3, [], "a cell with comma, semicolon and quotes", True), {"path": ["count"], "equals": 2, "why": "two rows"}]),
    {f: "\ufeffid\ttitle\tcostAmount\tcostCurrency\thours\tlanguages\r\na\tSchweißen für Anfänger\t450\tEUR\t16,5\tde\r\nb\t\"Kasse, Überblick; \"\"kurz\"\"\"\t80\tEUR\t8\tde\r\n".encode("utf-16-le")})
f = "sep.csv"
variant(C, "sep-line", TAB + ": 'sep=;' in the first line, as Excel reads it", [{"do": "catalogue", "files": [f], "assert": [
    {"any": [{"all": [value("a", COST, 1.5, ""), {"refused": {"file": f, "line": 4}}]}, {"all": [{"path": ["count"], "equals": 0}, {"path": ["rejected"], "matches": r"sep\.csv"}]}],
     "why": "the second line is the header, and the bad row stands in line 4; or the file is refused with its name"}]}], {f: "sep=;\r\nid;title;costAmount;costCurrency;hours\r\na;A;1,5;EUR;4\r\nb;B;2;EUR;q\r\n"})
f = "prices.csv"
rows = [("a", "CHF 1'200.-", 1200, "CHF"), ("b", "£1,200", 1200, "GBP"), ("c", "450 €", 450, "EUR"), ("d", "EUR 450,-", 450, "EUR"), ("e", "€ 1.250,00", 1250, "EUR"), ("f", "1 200 kr", 1200, None), ("g", "USD 99.95", 99.95, "USD")]
bad = [("h", "ab 450 €", 450), ("i", "from £300", 300), ("j", "300-500 €", 300), ("k", "auf Anfrage", 0), ("l", "45 €/Monat", 45), ("m", "2 x 150 €", 2), ("n", "ca. 500 EUR", 500)]
free = [("o", "gratis"), ("p", "kostenlos"), ("q", "free"), ("r", "gratuit"), ("s", "0")]
lines = [(i, p) for i, p, *_ in rows] + [(i, p) for i, p, *_ in bad] + free
ln = {i: n + 2 for n, (i, _) in enumerate(lines)}
variant(C, "prices", TAB + ": prices as people write them", cat(f, [told_or(i, COST, v, f, ln[i], [p], f"{p!r} is {v}; or refused by line, or a doubt that quotes it") for i, p, v, _ in rows]
    + [told_or(i, "cost.currency", c, f, ln[i], [p], f"{p!r} is in {c}") for i, p, _, c in rows if c]
    + [{"any": [{"refused": {"file": f, "line": ln[i]}}, {"all": [{"path": ["records", i, "cost", "amount"], "absent": True}, {"path": ["records", i], "contains": p}]}], "why": f"{p!r} is no price that can be compared: refused by line, or kept in words"} for i, p, _ in bad]
    + [told_or(i, COST, 0, f, ln[i], [p], f"{p!r} costs nothing") for i, p in free]), {f: "id;title;costAmount\n" + "".join(f"{i};Kurs {i};{p}\n" for i, p in lines)})
f = "durations.csv"
rows = [("a", "40 h", 40), ("b", "40 Std.", 40), ("c", "16,5 Stunden", 16.5), ("d", "8 heures", 8), ("e", "90 min", 1.5), ("f", "1h30", 1.5)]
bad = [("g", "40 UE", 40), ("h", "3 Monate", 3), ("i", "2 jours", 2), ("j", "5 x 4h", 5), ("k", "1 Woche", 1), ("l", "20-30 h", 20), ("m", "2 days", 2), ("n", "3h/week", 3)]
lines = [(i, p) for i, p, _ in rows + bad]
ln = {i: n + 2 for n, (i, _) in enumerate(lines)}
ok_m = {"j": [20]}
variant(C, "durations", TAB + ": hours as people write them", cat(f, [told_or(i, HOURS, v, f, ln[i], [p], f"{p!r} is {v} hours; or refused by line, or a doubt that quotes it") for i, p, v in rows]
    + [{"any": [{"refused": {"file": f, "line": ln[i]}}, {"all": [{"path": ["records", i, "workload", "hours"], "absent": True}, {"path": ["records", i], "contains": p}]}, *[{"path": ["records", i, "workload", "hours"], "equals": x} for x in ok_m.get(i, [])]],
        "why": f"{p!r}: not that many hours (a teaching unit is 45 minutes in Germany, a day and a month are no hours, a range is no number): refused by line, or kept in words"} for i, p, _ in bad]), {f: "id;title;hours\n" + "".join(f"{i};Kurs {i};{p}\n" for i, p in lines)})
f = "dates.csv"
rows = [("a", "3.4.2026", "2026-04-03", "a point separates day and month only in day-month order"), ("b", "2026-04-03", "2026-04-03", "ISO 8601"), ("c", "25/04/2026", "2026-04-25", "there is no month 25"), ("d", "2026-04-03T09:00:00Z", "2026-04-03", "a time of day is behind it"), ("g", "2026/04/03", "2026-04-03", "year first")]
lines = [(i, p) for i, p, *_ in rows] + [("e", "04/03/26"), ("f", "03/04/2026"), ("h", "April 2026"), ("i", "31.02.2026"), ("j", "laufend"), ("k", "46115")]
ln = {i: n + 2 for n, (i, _) in enumerate(lines)}
variant(C, "dates", TAB + ": dates as people write them", cat(f, [told_or(i, "access.startDates", [[v]], f, ln[i], [p], f"{p!r} is {v}: {w}; or told") for i, p, v, w in rows]
    + [{"any": [{"refused": {"file": f, "line": ln[i]}}, {"all": [{"path": ["records", i, "access", "startDates"], "absent": True}, {"path": ["records", i], "contains": p}]}], "why": f"{p!r} is no one day: refused by line, or kept in words"} for i, p in lines[5:]]),
    {f: "id;title;startDates\n" + "".join(f"{i};Kurs {i};{p}\n" for i, p in lines)})
f = "places.csv"
rows = [("a", "Deutschland", "de", "DE", "de"), ("b", "Royaume-Uni", "anglais", "GB", "en"), ("c", "UK", "English", "GB", "en"), ("d", "de", "DE", "DE", "de"), ("e", "DEU", "deu", "DE", "de"), ("f", "Österreich", "Deutsch (B1)", "AT", "de"), ("g", "EL", "el", "GR", "el"), ("h", "España", "español", "ES", "es"), ("i", "The Netherlands", "nl-NL", "NL", "nl")]
ln = {r[0]: n + 2 for n, r in enumerate(rows)}
variant(C, "countries-and-languages", TAB + ": names of countries and languages", cat(f, [x for i, c, l, cc, lc in rows for x in (
    told_or(i, "access.countries", [[cc]], f, ln[i], [c], f"{c!r} is {cc}; or refused by line, or a doubt that quotes it"), told_or(i, "access.languages.*.languageCode", [[lc]], f, ln[i], [l], f"{l!r} is {lc}; or told"))]
    + [{"not": {"path": ["records", "c", "access", "countries"], "contains": "UA"}, "why": "UK is not Ukraine"}]), {f: "id;title;countries;languages\n" + "".join(f"{i};Kurs {i};{c};{l}\n" for i, c, l, *_ in rows)})
f = "yesno.csv"
rows = [("a", "ja", "Präsenz", ONS), ("b", "nein", "online", ON), ("c", "oui", "en ligne", ON), ("d", "x", "vor Ort", ONS), ("e", "non", "hybrid", BL), ("f", "TRUE", "Blended Learning", BL), ("g", "yes", "présentiel", ONS)]
ln = {r[0]: n + 2 for n, r in enumerate(rows)}
variant(C, "yes-no-and-modes", TAB + ": yes, no and ways of attending", cat(f, [told_or(i, "access.mode", m, f, ln[i], [t], f"{t!r} is {m}; or refused by line, or a doubt that quotes it") for i, _, t, m in rows]
    + [{"any": [{"path": ["rejected"], "contains": "online"}, {"path": ["log"], "contains": 'column \\"barrierefrei\\"'}, {"path": ["log"], "contains": "barrierefrei"}], "why": "a column that is not known is told"}]), {f: "id;title;mode;barrierefrei\n" + "".join(f"{i};Kurs {i};{t};{y}\n" for i, y, t, m in rows)})
png_sig = b"\x89PNG\r\n\x1a\n"
chunk = lambda t, d: struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d))
itxt = b"openbadgecredential\0\0\0\0\0" + json.dumps(badge()).encode()
png = png_sig + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + chunk(b"iTXt", itxt) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
svg = '<?xml version="1.0" encoding="UTF-8"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><openbadges:credential><![CDATA[' + json.dumps(badge(n=2)) + ']]></openbadges:credential><rect width="1" height="1"/></svg>'
variant(C, "baked-badges", "badges baked into pictures (Open Badges 3.0, Baked Badge): read, or refused by name", [{"do": "check", "files": ["a.png", "b.svg", "c.json"], "assert": [
    {"any": [{"path": ["records", A1, "title"], "equals": RT}, {"refused": {"file": "a.png"}}], "why": "PNG with an iTXt chunk openbadgecredential: read, or refused with its name"},
    {"any": [{"path": ["records", "https://example.org/achievements/2", "title"], "equals": RT}, {"refused": {"file": "b.svg"}}], "why": "SVG with openbadges:credential: read, or refused with its name"},
    {"path": ["records", "https://example.org/achievements/3", "title"], "equals": RT, "why": "the file beside them goes in"}]}], {"a.png": png, "b.svg": svg, "c.json": badge(n=3)}, "Open Badges 3.0, Baked Badge")
ob2 = {"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "https://example.org/assertions/1", "recipient": {"type": "email", "hashed": False, "identity": "novotna@example.org"}, "issuedOn": "2026-01-01T00:00:00Z", "verification": {"type": "hosted"},
       "badge": {"type": "BadgeClass", "id": "https://example.org/badges/1", "name": RT, "description": "Runs a till.", "criteria": {"narrative": CASHWORDS}, "issuer": {"type": "Profile", "id": "https://example.org", "name": "Example Academy"}}}
variant(C, "open-badge-2", "the version before (Open Badges 2.0), which most badges are still in: read, or refused by name", [{"do": "recommend", "requests": [{"ad": S2, "profile": {"document_files": ["a.json"]}}], "assert": [
    {"any": [{"held": {"titles": [RT], "refused": 0}}, {"held": {"titles": [], "refused": 1}}], "why": "held, or refused with a reason"}, nothing_of("novotna")]}], {"a.json": ob2})
f = "win.csv"
variant(C, "windows-1252", TAB + ": Excel's plain CSV is not UTF-8", cat(f, [{"any": [{"all": [{"path": ["records", "a", "title", "de"], "equals": "Schweißen für Anfänger"}]}, {"refused": {"file": f}}], "why": "umlauts of windows-1252: right, or refused with the file; never 'Schwei�en'"},
    {"raw": {"lacks": "\ufffd"}, "why": "no replacement characters"}, told_or("b", COST, 80, f, 3, [], "a row in ASCII") if False else {"any": [{"path": ["records", "b", "cost", "amount"], "equals": 80}, {"refused": {"file": f}}], "why": "a row in ASCII goes in, or the file is refused"}]),
    {f: "id;title;costAmount;costCurrency;languages\r\na;Schweißen für Anfänger;450;EUR;de\r\nb;Kasse;80;EUR;de\r\n".encode("cp1252")})
f = "links.csv"
variant(C, "two-uris-in-one-cell", TAB + ": two URIs in one cell", [{"do": "catalogue", "base": "esco", "files": [f], "assert": [clean] + [links(i, [CASH, COMPL], f, n, [CASH, "0cb013af"], w) for i, n, w in (("a", 2, "comma"), ("b", 3, "comma, no blank"), ("d", 5, "semicolon"), ("e", 6, "' und '"))]
    + [{"teaches": {"id": "c", "uri": u}, "why": "pipe"} for u in (CASH, COMPL)]}], {f: f'id\ttitle\tskills\na\tA\t{CASH}, {COMPL}\nb\tB\t{CASH},{COMPL}\nc\tC\t{CASH} | {COMPL}\nd\tD\t{CASH};{COMPL}\ne\tE\t{CASH} und {COMPL}\n'})
cvs = ["Native languages: English & Polish. German B1.", "I was born in London and English is my mother tongue. I speak German at A2 level.", "Languages\nEnglish ★★★★★ (native)\nGerman ★★ (A2)", "Sprachkenntnisse: Englisch – Erstsprache, Deutsch – A2"]
variant(C, "cvs-in-other-words", "native languages in other words", persons(cvs, {0: MET, 1: NOT, 2: NOT, 3: NOT}))
ads = ["Sælger\n\nVi kræver ikke:\n- Python\n- SQL", "Säljare\n\nInte nödvändigt:\n- Python\n- SQL", "Sprzedawca\n\nNie musisz znać:\n- Python\n- SQL", "Vendedor\n\nNão exigimos:\n- Python\n- SQL", "Verkäufer\n\nWas du nicht mitbringen musst:\n- Python\n- SQL", "Vendeur\n\nCe qui n'est pas demandé :\n- Python\n- SQL"]
variant(C, "negating-headings-in-other-words", "negating headings in da, sv, pl, pt, de, fr", extract(*[skill(str(i + 1), x, NE, f"{ads[i].splitlines()[2]!r} says that it is not asked for") for i in range(6) for x in (PY, "SQL")]), {"input.jsonl": jsonl(*ads)})
