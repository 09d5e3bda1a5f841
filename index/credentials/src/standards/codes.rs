//! What do the codes of the EU's authority tables stand for? Countries, languages, ways of learning, credits, durations; unknown codes stay unknown.
//!
//! The one idea: a concept is known by the last part of its URI (`.../country/IRL`), whatever the label beside it says.

use crate::credential::{DeliveryMode, WORLDWIDE};

/// ISO 3166-1: alpha-3, then alpha-2, and Kosovo as the EU writes it.
const COUNTRIES: &str = "\
    ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG AUSAU AUTAT AZEAZ BDIBI BELBE BENBJ BESBQ BFABF BGDBD \
    BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY BLZBZ BMUBM BOLBO BRABR BRBBB BRNBN BTNBT BVTBV BWABW CAFCF CANCA CCKCC CHECH CHLCL CHNCN CIVCI CMRCM \
    CODCD COGCG COKCK COLCO COMKM CPVCV CRICR CUBCU CUWCW CXRCX CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO DZADZ ECUEC EGYEG ERIER ESHEH \
    ESPES ESTEE ETHET FINFI FJIFJ FLKFK FRAFR FROFO FSMFM GABGA GBRGB GEOGE GGYGG GHAGH GIBGI GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR GRDGD GRLGL \
    GTMGT GUFGF GUMGU GUYGY HKGHK HMDHM HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT JAMJM JEYJE JORJO \
    JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA \
    MCOMC MDAMD MDGMG MDVMV MEXMX MHLMH MKDMK MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA NCLNC \
    NERNE NFKNF NGANG NICNI NIUNU NLDNL NORNO NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE PHLPH PLWPW PNGPG POLPL PRIPR PRKKP PRTPT PRYPY \
    PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA SDNSD SENSN SGPSG SGSGS SHNSH SJMSJ SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST \
    SURSR SVKSK SVNSI SWESE SWZSZ SXMSX SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO TTOTT TUNTN TURTR TUVTV TWNTW TZATZ \
    UGAUG UKRUA UMIUM URYUY USAUS UZBUZ VATVA VCTVC VENVE VGBVG VIRVI VNMVN VUTVU WLFWF WSMWS XKXXK YEMYE ZAFZA ZMBZM ZWEZW";

/// ISO 639-3 and 639-2/B codes, then ISO 639-1, of every language that has a code of two letters.
const LANGUAGES: &str = "\
    aaraa abkab afraf akaak albsq amham araar argan armhy asmas avaav aveae aymay azeaz bakba bambm baqeu belbe benbn bisbi bodbo bosbs brebr \
    bulbg burmy catca cescs chach chece chizh chucu chvcv corkw cosco crecr cymcy czecs danda deude divdv dutnl dzodz ellel engen epoeo estet \
    euseu eweee faofo fasfa fijfj finfi frafr frefr fryfy fulff geoka gerde glagd glega glggl glvgv greel grngn gujgu hatht hauha hbssh hebhe \
    herhz hinhi hmoho hrvhr hunhu hyehy iboig iceis idoio iiiii ikuiu ileie inaia indid ipkik islis itait javjv jpnja kalkl kankn kasks katka \
    kaukr kazkk khmkm kikki kinrw kirky komkv konkg korko kuakj kurku laolo latla lavlv limli linln litlt ltzlb lublu luglg macmk mahmh malml \
    maomi marmr mayms mkdmk mlgmg mltmt monmn mrimi msams myamy nauna navnv nblnr ndend ndong nepne nldnl nnonn nobnb norno nyany ocioc ojioj \
    orior ormom ossos panpa perfa plipi polpl porpt pusps quequ rohrm ronro rumro runrn rusru sagsg sansa sinsi slksk slosk slvsl smese smosm \
    snasn sndsd somso sotst spaes sqisq srdsc srpsr sswss sunsu swasw swesv tahty tamta tattt telte tgktg tgltl thath tibbo tirti tonto tsntn \
    tsots tuktk turtr twitw uigug ukruk urdur uzbuz venve vievi volvo welcy wlnwa wolwo xhoxh yidyi yoryo zhaza zhozh zulzu";

/// The last part of a URI, or of a name with a prefix.
pub fn local(uri: &str) -> &str {
    uri.trim()
        .trim_end_matches('/')
        .rsplit(['/', '#', ':'])
        .next()
        .unwrap_or_default()
}

/// Whether an id is made for one document, so that it neither names anything outside of it nor says a code.
pub fn is_made_up(id: &str) -> bool {
    ["urn:", "_:", "#"].iter().any(|made| id.starts_with(made))
}

/// The code that a text is, or the last part of a URI of one of some tables. A URI of anything else says no code, nor does an id that a document makes for
/// itself.
fn code<'t>(text: &'t str, tables: &[&str]) -> Option<&'t str> {
    let text = text.trim().trim_end_matches('/');
    match text.rsplit_once(['/', '#', ':']) {
        None => Some(text),
        Some(_) if is_made_up(text) => None,
        Some((table, code)) => {
            let table = table.to_ascii_lowercase();
            let is_one = tables.iter().any(|known| table.contains(known));
            is_one.then_some(code)
        }
    }
}

fn in_table(table: &'static str, code: &str) -> Option<&'static str> {
    let is_it = |entry: &&str| {
        entry
            .get(..3)
            .is_some_and(|three| three.eq_ignore_ascii_case(code))
    };
    table
        .split_ascii_whitespace()
        .find(is_it)
        .and_then(|entry| entry.get(3..))
}

fn is_letters(code: &str, length: usize) -> bool {
    code.len() == length && code.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The ISO 3166-1 alpha-2 code of a country: an EU authority URI, three letters or two. Two letters must be a code in use.
pub fn country(text: &str) -> Option<String> {
    let code = code(text, &["countr", "iso3166", "iso-3166"])?;
    match code {
        _ if is_letters(code, 3) => in_table(COUNTRIES, code).map(str::to_owned),
        // The European Union writes Greece and the United Kingdom in its own way.
        "EL" | "el" => Some("GR".to_owned()),
        "Global" | "global" | "Worldwide" | "worldwide" => Some(WORLDWIDE.to_owned()),
        "UK" | "uk" => Some("GB".to_owned()),
        _ if is_letters(code, 2) => {
            let upper = code.to_ascii_uppercase();
            COUNTRIES
                .split_ascii_whitespace()
                .any(|entry| entry.ends_with(&upper) && entry.len() == 5)
                .then_some(upper)
        }
        _ => None,
    }
}

/// The EU authority URI of a country given by its two letters.
pub fn country_uri(code: &str) -> Option<String> {
    let entry = COUNTRIES
        .split_ascii_whitespace()
        .find(|entry| entry.get(3..) == Some(code))?;
    Some(format!(
        "http://publications.europa.eu/resource/authority/country/{}",
        &entry[..3]
    ))
}

/// The ISO 639-1 code of a language: an EU authority URI, three letters, two, or with a region (`en-US`).
pub fn language(text: &str) -> Option<String> {
    let code = code(text, &["lang", "iso639", "iso-639", "lexvo"])?;
    let code = code.split(['-', '_']).next().unwrap_or_default();
    if is_letters(code, 3) {
        return in_table(LANGUAGES, code).map(str::to_owned);
    }
    let lower = code.to_ascii_lowercase();
    (is_letters(code, 2)
        && LANGUAGES
            .split_ascii_whitespace()
            .any(|entry| entry.get(3..) == Some(&lower)))
    .then_some(lower)
}

/// The code of a language as a record has it: what follows the language itself (`de-DE`) is left out, ISO 639-1 where there is one, else the two or three
/// letters; nothing for what is no code.
pub fn language_code(code: &str) -> Option<String> {
    let primary = code.trim().split(['-', '_']).next().unwrap_or_default();
    let is_code = is_letters(primary, 2) || is_letters(primary, 3);
    is_code.then(|| language(primary).unwrap_or_else(|| primary.to_ascii_lowercase()))
}

/// The EU authority URI of a language given by its two letters.
pub fn language_uri(code: &str) -> Option<String> {
    // The bibliographic codes of ISO 639-2 are none of the table.
    const BIBLIOGRAPHIC: &str =
        "ALB ARM BAQ BUR CHI CZE DUT FRE GEO GER GRE ICE MAC MAO MAY PER RUM SLO TIB WEL";
    let mut entries = LANGUAGES
        .split_ascii_whitespace()
        .filter(|entry| entry.get(3..) == Some(code))
        .map(|entry| entry[..3].to_uppercase());
    let three = entries.find(|three| !BIBLIOGRAPHIC.contains(three.as_str()))?;
    Some(format!(
        "http://publications.europa.eu/resource/authority/language/{three}"
    ))
}

/// Ways of learning in the EU vocabulary `learning-assessment`, with its English labels; work-based first in the order of the codes.
const MODES: [(&str, &str, Option<DeliveryMode>); 5] = [
    ("729f3bed4b", "Workbased", Some(DeliveryMode::WorkBased)),
    ("7813801c77", "Project based", None),
    ("9191af2ed9", "Presential", Some(DeliveryMode::Onsite)),
    ("920fbb3cbe", "Online", Some(DeliveryMode::Online)),
    ("e92d221e4d", "Blended", Some(DeliveryMode::Blended)),
];

/// The mode of a concept by its URI, else by its words in English; nothing for other ways of learning.
pub fn mode(uri: &str, label: &str) -> Option<DeliveryMode> {
    let known = MODES.iter().find(|(id, ..)| uri.ends_with(id));
    known.map_or_else(|| mode_word(label), |(.., mode)| *mode)
}

fn mode_word(label: &str) -> Option<DeliveryMode> {
    match label.to_lowercase().as_str() {
        "workbased" => Some(DeliveryMode::WorkBased),
        // CTDL's vocabulary of delivery types.
        "inperson" => Some(DeliveryMode::Onsite),
        "onlineonly" => Some(DeliveryMode::Online),
        "blendeddelivery" => Some(DeliveryMode::Blended),
        _ => DeliveryMode::from_words(label),
    }
}

/// The English label of a way of learning, for concepts that are named by their URI alone.
pub fn mode_label(uri: &str) -> Option<&'static str> {
    MODES
        .iter()
        .find(|(id, ..)| uri.ends_with(id))
        .map(|(_, label, _)| *label)
}

/// URI and label of a mode.
pub fn mode_concept(mode: DeliveryMode) -> (String, &'static str) {
    let of = MODES
        .iter()
        .find(|(.., known)| *known == Some(mode))
        .unwrap_or(&MODES[0]);
    (
        format!("http://data.europa.eu/snb/learning-assessment/{}", of.0),
        of.1,
    )
}

/// ECTS in the EU vocabulary of credit systems.
pub const ECTS_URI: &str = "http://data.europa.eu/snb/education-credit/6fcec5c5af";

/// A credit system whose credits have hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credits {
    /// European Credit Transfer System: 25 to 30 hours a credit.
    Ects,
    /// New Zealand: 10 hours a credit (NZQA).
    NewZealand,
    /// The United Kingdom's frameworks (CATS, RQF, SCQF): 10 hours a credit.
    UnitedKingdom,
    /// Hours themselves.
    Hours,
}

impl Credits {
    /// The system of a URI and a label, if it is one of these.
    pub fn of(uri: &str, label: &str) -> Option<Self> {
        let label = label.to_lowercase();
        let words: Vec<&str> = label
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let has = |word: &str| words.contains(&word);
        match () {
            () if uri == ECTS_URI || has("ects") || label.contains("european credit transfer") => {
                Some(Self::Ects)
            }
            () if has("nzqf")
                || has("nzqcf")
                || has("nzqa")
                || label.contains("new zealand credit") =>
            {
                Some(Self::NewZealand)
            }
            () if has("cats") || has("scqf") || label.contains("united kingdom credit") => {
                Some(Self::UnitedKingdom)
            }
            () if matches!(local(uri), "ContactHour" | "ClockHour")
                || matches!(
                    label.as_str(),
                    "contacthour" | "clockhour" | "contact hour" | "clock hour"
                ) =>
            {
                Some(Self::Hours)
            }
            () => None,
        }
    }

    /// Hours of one credit, where they are a single number.
    pub fn hours(self) -> Option<f64> {
        match self {
            Self::Ects => None,
            Self::NewZealand | Self::UnitedKingdom => Some(10.0),
            Self::Hours => Some(1.0),
        }
    }
}

/// An EQF level in a URI (`.../snb/eqf/6`) or in words with one number ("Level 6", "EQF 6", "6").
pub fn eqf_level(text: &str) -> Option<u32> {
    let text = match text.contains("://") {
        true => code(text, &["eqf"])?,
        false if is_made_up(text) => return None,
        false => text,
    };
    let mut numbers = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|number| !number.is_empty());
    let level = numbers.next()?.parse().ok()?;
    (numbers.next().is_none() && (1..=8).contains(&level)).then_some(level)
}

/// An ISCED-F 2013 code of two to four digits at the end of a URI, by itself, or of four before its words. `00` to `10` are its broad fields.
pub fn isced(text: &str) -> Option<String> {
    let text = text.trim();
    let code = match text.split_once(|c: char| !c.is_ascii_digit()) {
        Some((code, words))
            if code.len() == 4 && words.trim_start().starts_with(char::is_alphabetic) =>
        {
            code
        }
        _ => code(text, &["isced"])?,
    };
    let is_code = (2..=4).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
    (is_code && code.get(..2).is_some_and(|broad| broad <= "10")).then(|| code.to_owned())
}

/// A URI of an ESCO skill as ESCO writes it; nothing for any other URI.
pub fn esco_skill(uri: &str) -> Option<String> {
    let rest = uri
        .trim()
        .strip_prefix("http://data.europa.eu/esco/")
        .or_else(|| uri.trim().strip_prefix("https://data.europa.eu/esco/"))?;
    let named = rest
        .strip_prefix("skill/")
        .or_else(|| rest.strip_prefix("isced-f/"))?;
    let is_id = !named.is_empty()
        && named
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    is_id.then(|| format!("http://data.europa.eu/esco/{rest}"))
}

/// An ISO 4217 code at the end of a URI or by itself; `XXX` is no currency.
pub fn currency(text: &str) -> Option<String> {
    let code = code(text, &["currency", "currencies", "iso4217"])?;
    (is_letters(code, 3) && !code.eq_ignore_ascii_case("XXX")).then(|| code.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_known_by_uri_three_letters_or_two() {
        for (given, expected) in [
            (
                "http://publications.europa.eu/resource/authority/country/IRL",
                Some("IE"),
            ),
            ("usa", Some("US")),
            ("PL", Some("PL")),
            ("UK", Some("GB")),
            ("ZZ", None),
            ("Germany", None),
            ("", None),
        ] {
            assert_eq!(country(given).as_deref(), expected, "{given}");
        }
        for (given, expected) in [
            (
                "http://publications.europa.eu/resource/authority/language/ENG",
                Some("en"),
            ),
            ("GER", Some("de")),
            ("en-US", Some("en")),
            ("FR", Some("fr")),
            (
                "http://publications.europa.eu/resource/authority/language/HAI",
                None,
            ),
            ("qq", None),
            ("Deutsch", None),
        ] {
            assert_eq!(language(given).as_deref(), expected, "{given}");
        }
    }

    #[test]
    fn every_code_has_a_uri_that_names_it() {
        for entry in COUNTRIES.split_ascii_whitespace() {
            assert_eq!(
                country_uri(&entry[3..])
                    .as_deref()
                    .and_then(country)
                    .as_deref(),
                Some(&entry[3..])
            );
        }
        for entry in LANGUAGES.split_ascii_whitespace() {
            assert_eq!(
                language_uri(&entry[3..])
                    .as_deref()
                    .and_then(language)
                    .as_deref(),
                Some(&entry[3..]),
                "{entry}"
            );
        }
        for each in DeliveryMode::ALL {
            assert_eq!(mode(&mode_concept(each).0, ""), Some(each));
        }
    }

    #[test]
    fn only_credits_with_hours_are_known() {
        assert_eq!(Credits::of(ECTS_URI, ""), Some(Credits::Ects));
        assert_eq!(
            Credits::of("", "European Credit Transfer System"),
            Some(Credits::Ects)
        );
        assert_eq!(
            Credits::of("", "NZQF credit").and_then(Credits::hours),
            Some(10.0)
        );
        for label in ["credits", "DegreeCredit", "Projects", "vocats", ""] {
            assert_eq!(
                Credits::of(
                    "http://data.europa.eu/snb/education-credit/60b314e826",
                    label
                ),
                None,
                "{label}"
            );
        }
    }

    #[test]
    fn levels_fields_and_links_are_read_strictly() {
        for (given, expected) in [
            ("http://data.europa.eu/snb/eqf/6", Some(6)),
            ("Level 3", Some(3)),
            ("EQF8", Some(8)),
            ("9", None),
            ("six", None),
            ("", None),
        ] {
            assert_eq!(eqf_level(given), expected, "{given}");
        }
        for (given, expected) in [
            ("http://data.europa.eu/snb/isced-f/0688", Some("0688")),
            ("11304", None),
            ("003", Some("003")),
            ("9999", None),
            ("IT", None),
        ] {
            assert_eq!(isced(given).as_deref(), expected, "{given}");
        }
        let uri = "http://data.europa.eu/esco/skill/ccdf3597-5c80-410f-896d-e1bdfa223de9";
        assert_eq!(
            esco_skill(&uri.replace("http:", "https:")).as_deref(),
            Some(uri)
        );
        for other in [
            "urn:epass:relatedESCOSkill:gUtv5m47",
            "http://data.europa.eu/esco/occupation/1",
            "http://data.europa.eu/esco/skill/",
        ] {
            assert_eq!(esco_skill(other), None, "{other}");
        }
        assert_eq!(
            (
                currency("XXX"),
                currency("http://x/currency/EUR").as_deref()
            ),
            (None, Some("EUR"))
        );
    }
}
