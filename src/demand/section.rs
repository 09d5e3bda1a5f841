//! Which part of an ad is this, and does a sentence ask for anything at all? Headings open sections; phrases of offers, employers,
//! diversity statements and applications, weighed against words that ask, decide for single sentences. When in doubt it asks.

use std::sync::LazyLock;

use super::cues::{Lexicon, fold};

/// A part of an ad, opened by its heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// What the person must bring.
    Requirements,
    /// What is welcome.
    NiceToHave,
    /// What the person will do.
    Tasks,
    /// What the employer gives.
    Offer,
    /// Who the employer is.
    About,
    /// How to apply, contacts.
    Apply,
    /// Equal opportunity, privacy, metadata.
    Boilerplate,
    /// The ad's first line.
    Title,
    /// Not known.
    Unknown,
}

/// How a line looks, which decides how much it takes for it to be a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `<h2>`, or `##`.
    Markup,
    /// All letters bold.
    Bold,
    /// Plain text in its own line.
    Plain,
    /// A bullet.
    Bullet,
}

/// Why a segment asks for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Holds no words.
    Empty,
    /// Is the heading of a section.
    Heading,
    /// Is the title of the job.
    Title,
    /// Pay, benefits, working time.
    Offer,
    /// Equal opportunity, diversity, accommodation.
    Diversity,
    /// The employer, its team and its customers.
    Employer,
    /// How to apply.
    Application,
    /// Addresses, telephone, links.
    Contact,
    /// Place, kind of contract, reference, dates.
    Metadata,
    /// Privacy and law.
    Legal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct HeadingPhrase {
    section: Section,
    /// The phrase counts inside a longer heading too.
    inside: bool,
}

static HEADINGS: LazyLock<Lexicon<HeadingPhrase>> = LazyLock::new(|| {
    Lexicon::parse(include_str!("cues/headings.txt"), |name| {
        let (name, inside) = name
            .strip_suffix(" alone")
            .map_or((name, true), |name| (name, false));
        Some(HeadingPhrase {
            section: section_named(name)?,
            inside,
        })
    })
});

fn section_named(name: &str) -> Option<Section> {
    Some(match name {
        "requirements" => Section::Requirements,
        "nice to have" => Section::NiceToHave,
        "tasks" => Section::Tasks,
        "offer" => Section::Offer,
        "about" => Section::About,
        "apply" => Section::Apply,
        "boilerplate" => Section::Boilerplate,
        "unknown" => Section::Unknown,
        _ => return None,
    })
}

/// Longest text, in bytes and words, that can be a heading.
const HEADING_BYTES_MAX: usize = 90;
const HEADING_WORDS_MAX: usize = 10;

/// Tells which section the line opens if it is a heading; `current` goes on under a sub-heading that no list knows.
pub(super) fn opened_by(
    text: &str,
    shape: Shape,
    after_gap: bool,
    current: Section,
) -> Option<Section> {
    let n_words = text.split(' ').count();
    if text.len() > HEADING_BYTES_MAX
        || n_words > HEADING_WORDS_MAX
        || text.ends_with(['.', ';', ','])
    {
        return None;
    }
    let folded = fold(bare(text));
    let exact = exact_section(&folded);
    let colon = text.ends_with(':');
    let capitals = is_in_capitals(text);
    match shape {
        Shape::Bullet => {
            exact.filter(|&known| colon || capitals || n_words >= 2 && known != Section::Unknown)
        }
        Shape::Markup | Shape::Bold => Some(
            exact
                .or_else(|| section_inside(&folded))
                .unwrap_or(Section::Unknown),
        ),
        Shape::Plain if colon || capitals && n_words <= 6 => {
            let known = exact.or_else(|| section_inside(&folded).filter(|_| n_words <= 7));
            let keeps = matches!(
                current,
                Section::Requirements | Section::NiceToHave | Section::Tasks
            );
            let unknown = || if keeps { current } else { Section::Unknown };
            let heading_like = if colon {
                n_words <= 4
            } else {
                n_words >= 2 && after_gap
            };
            known.or_else(|| heading_like.then(unknown))
        }
        Shape::Plain => exact,
    }
}

/// The section that a line's part before its colon opens, and the byte after the colon: "Requirements: a driving licence".
pub(super) fn opened_before_colon(text: &str) -> Option<(Section, usize)> {
    let colon = text.find(": ").filter(|&at| at <= 50)?;
    let section = exact_section(&fold(bare(&text[..colon])))?;
    (section != Section::Unknown).then_some((section, colon + 1))
}

/// Whether a line is a heading by its words alone.
pub(super) fn is_known_heading(text: &str) -> bool {
    text.len() <= HEADING_BYTES_MAX && exact_section(&fold(bare(text))).is_some()
}

fn exact_section(folded: &str) -> Option<Section> {
    let hits = HEADINGS.hits(folded);
    let whole = hits
        .iter()
        .find(|hit| hit.range.start == 0 && hit.range.end == folded.len());
    whole.map(|hit| hit.group.section)
}

/// The section of the longest phrase inside a heading.
fn section_inside(folded: &str) -> Option<Section> {
    let hits = HEADINGS.hits(folded);
    hits.iter()
        .filter(|hit| hit.group.inside)
        .max_by_key(|hit| hit.range.len())
        .map(|hit| hit.group.section)
}

/// The heading without its signs: emoji, colons, dashes, a placeholder for the employer's name.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_in_capitals(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 5 && text.chars().all(|c| !c.is_lowercase()) && text.chars().any(char::is_uppercase)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phrase {
    /// Enough by itself.
    Strong(Reason),
    /// Counts, two are enough.
    Weak(Reason),
    /// Enough by itself at the start of a text ("our").
    Opening(Reason),
    /// A label such as "Location:"; enough at the start of a short text.
    Label(Reason),
    /// Asks for something, or says what the person will do.
    Asks,
    /// Names what may be asked for and may be offered: asks, but not within an offer.
    AsksMatter,
    /// Asks at the start of a text: what to do ("drive", "plan").
    AsksOpening,
}

static SILENCE: LazyLock<Lexicon<Phrase>> =
    LazyLock::new(|| Lexicon::parse(include_str!("cues/silence.txt"), phrase_named));

fn phrase_named(group: &str) -> Option<Phrase> {
    let (name, strength) = group.split_once(' ').unwrap_or((group, ""));
    let reason = match name {
        "asks" if strength == "opening" => return Some(Phrase::AsksOpening),
        "asks" if strength == "matter" => return Some(Phrase::AsksMatter),
        "asks" => return Some(Phrase::Asks),
        "offer" => Reason::Offer,
        "diversity" => Reason::Diversity,
        "employer" => Reason::Employer,
        "application" => Reason::Application,
        "contact" => Reason::Contact,
        "metadata" => Reason::Metadata,
        "legal" => Reason::Legal,
        "title" => Reason::Title,
        _ => return None,
    };
    Some(match strength {
        "strong" => Phrase::Strong(reason),
        "weak" => Phrase::Weak(reason),
        "opening" => Phrase::Opening(reason),
        _ => Phrase::Label(reason),
    })
}

/// Points from which a segment is silent: one strong phrase, or three weak ones, and no word that asks.
const SILENT_FROM: i32 = 3;
const STRONG_POINTS: i32 = 3;
const ASKING_POINTS: i32 = 3;
/// More than this many bytes are rarely about one thing; then a single word that asks is enough.
const ONE_THING_BYTES_MAX: usize = 500;
/// Labels, titles and kinds of contract stand in short texts.
const LABELLED_WORDS_MAX: usize = 12;

const SHORT_WORDS_MAX: usize = 12;

/// Tells why a segment asks for nothing; none if it may ask for something. Measured on SkillSpan, see the tests of `segment`.
pub fn asks_for_nothing(text: &str, section: Section) -> Option<Reason> {
    let n_words = text.split(' ').filter(|word| is_word(word)).count();
    if n_words == 0 {
        return Some(
            if text.contains(['@', '/']) || text.bytes().any(|b| b.is_ascii_digit()) {
                Reason::Contact
            } else {
                Reason::Empty
            },
        );
    }
    if is_known_heading(text) {
        return Some(Reason::Heading);
    }
    if section == Section::Title {
        return Some(Reason::Title);
    }
    let evidence = Evidence::of(text, n_words).within(section);
    if let Some(reason) = evidence
        .label
        .filter(|_| n_words <= LABELLED_WORDS_MAX && (evidence.n_asks == 0 || text.contains(':')))
    {
        return Some(reason);
    }
    if text.len() > ONE_THING_BYTES_MAX && evidence.n_asks > 0 {
        return None;
    }
    let points = evidence.points();
    match section {
        // A section may have ended without a heading: for the section alone only short texts on offers and applications are silent.
        Section::Offer | Section::Apply if points == 0 && n_words <= SHORT_WORDS_MAX => {
            evidence.reason.or(Some(if section == Section::Offer {
                Reason::Offer
            } else {
                Reason::Application
            }))
        }
        Section::Offer | Section::About | Section::Apply | Section::Boilerplate if points > 0 => {
            evidence.reason
        }
        // Two strong phrases, or one and something weak: a requirement may mention a bonus.
        Section::Requirements | Section::NiceToHave | Section::Tasks if points <= SILENT_FROM => {
            contact(text, n_words, evidence.n_asks)
        }
        _ if points >= SILENT_FROM => evidence.reason,
        _ => contact(text, n_words, evidence.n_asks),
    }
}

/// What the phrases of a segment say, counted.
struct Evidence {
    reason: Option<Reason>,
    label: Option<Reason>,
    n_strong: i32,
    n_weak: i32,
    n_asks: i32,
    /// Of what asks, how many merely name a matter.
    n_matters: i32,
    /// Whether the segment opens with an offer.
    offers: bool,
    money: i32,
}

impl Evidence {
    fn of(text: &str, n_words: usize) -> Self {
        let money = money_points(text, n_words);
        let mut evidence = Self {
            reason: None,
            label: None,
            n_strong: 0,
            n_weak: 0,
            n_asks: 0,
            n_matters: 0,
            offers: false,
            money,
        };
        let mut weak_reason = (evidence.money > 0).then_some(Reason::Offer);
        for hit in SILENCE.hits(&fold(text)) {
            let opens = !text[..hit.range.start].contains(char::is_alphanumeric);
            match hit.group {
                Phrase::Strong(Reason::Metadata | Reason::Title)
                    if n_words > LABELLED_WORDS_MAX => {}
                Phrase::Strong(reason) => {
                    evidence.offers |= opens && reason == Reason::Offer;
                    evidence.add_strong(reason);
                }
                Phrase::Opening(reason) if opens => evidence.add_strong(reason),
                Phrase::Weak(reason) | Phrase::Opening(reason) => {
                    evidence.n_weak += 1;
                    weak_reason = weak_reason.or(Some(reason));
                }
                Phrase::Label(reason) if opens => evidence.label = Some(reason),
                Phrase::AsksOpening if !opens => {}
                Phrase::Asks | Phrase::AsksOpening => evidence.n_asks += 1,
                Phrase::AsksMatter => {
                    evidence.n_asks += 1;
                    evidence.n_matters += 1;
                }
                Phrase::Label(_) => {}
            }
        }
        evidence.reason = evidence.reason.or(weak_reason);
        evidence
    }

    /// What is offered is not asked for: in the section of offers, and where the segment opens with one, matters do not ask.
    fn within(mut self, section: Section) -> Self {
        let is_listed = matches!(
            section,
            Section::Requirements | Section::NiceToHave | Section::Tasks
        );
        if section == Section::Offer || self.offers && !is_listed {
            self.n_asks -= self.n_matters;
        }
        self
    }

    fn add_strong(&mut self, reason: Reason) {
        self.n_strong += 1;
        self.reason = self.reason.or(Some(reason));
    }

    /// A statement on diversity speaks of skills and experience too, so there two or three words that ask count as one.
    fn points(&self) -> i32 {
        let is_statement = self.reason == Some(Reason::Diversity) && self.n_strong > 0;
        let n_asks = if is_statement && self.n_asks <= 3 {
            self.n_asks.min(1)
        } else {
            self.n_asks
        };
        STRONG_POINTS * self.n_strong.min(2) + self.n_weak.min(3) + self.money
            - ASKING_POINTS * n_asks
    }
}

/// An amount of money stands for pay, surely so in a short text.
fn money_points(text: &str, n_words: usize) -> i32 {
    let is_amount = |(at, c): (usize, char)| {
        let after = text[at + c.len_utf8()..]
            .trim_start()
            .starts_with(|c: char| c.is_ascii_digit());
        let before = text[..at]
            .trim_end()
            .ends_with(|c: char| c.is_ascii_digit() || matches!(c, 'k' | 'K'));
        matches!(c, '€' | '£' | '$') && (after || before)
    };
    match text.char_indices().any(is_amount) {
        true if n_words <= 6 => SILENT_FROM,
        true => SILENT_FROM - 1,
        false => 0,
    }
}

/// A text that is little else than links, addresses and numbers.
fn contact(text: &str, n_words: usize, n_asks: i32) -> Option<Reason> {
    if n_asks > 0 || n_words > LABELLED_WORDS_MAX {
        return None;
    }
    let n_digits = text.bytes().filter(u8::is_ascii_digit).count();
    let telephone = n_digits >= 8 && n_words <= 4 && !text.contains('%');
    (telephone || text.split(' ').any(is_address)).then_some(Reason::Contact)
}

/// Whether a token holds a word: letters, and not a link, an address or a placeholder such as `<LOCATION>`.
fn is_word(token: &str) -> bool {
    let placeholder = || {
        token
            .trim_end_matches([',', '.', ')', ';', ':'])
            .ends_with('>')
            && !token.chars().any(char::is_lowercase)
    };
    token.chars().any(char::is_alphabetic)
        && !(token.starts_with('<') && placeholder())
        && !is_address(token)
}

/// Whether a token is a link or an e-mail address.
fn is_address(token: &str) -> bool {
    let has = |byte: u8| token.as_bytes().contains(&byte);
    has(b'.') && (has(b'@') || token.starts_with("www.")) || has(b'/') && token.contains("://")
}

#[cfg(test)]
mod tests;
