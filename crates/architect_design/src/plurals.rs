//! Plurals: the singular of a name, the forms by which a name is found again, the plural of a path.

use crate::language::Language;
use crate::lexicon::Words;
use crate::names::{fold, snake};

static INVARIABLE: Words = Words("singular though it ends in s");
static ENGLISH: Words = Words("english plural");
static IE: Words = Words("english plural of a word in ie");
static SPANISH: Words = Words("plural: es");
static PORTUGUESE: Words = Words("plural: pt");
static FRENCH: Words = Words("plural: fr");
static ITALIAN: Words = Words("plural: it");
static GERMAN: Words = Words("plural: de");
static POLISH: Words = Words("plural: pl");
static TURKISH: Words = Words("plural: tr");

/// The English plural of the last word.
pub(crate) fn plural(word: &str) -> String {
    let last = word.chars().last();
    let before = word.chars().rev().nth(1);
    if ["cion", "sion", "dad", "dor"].iter().any(|ending| word.ends_with(ending)) && !word.ends_with("ssion") {
        return format!("{word}es");
    }
    match last {
        Some('y') if !before.is_some_and(|c| "aeiou".contains(c)) => {
            format!("{}ies", &word[..word.len() - 1])
        }
        Some('s' | 'x' | 'z') => format!("{word}es"),
        Some('h') if matches!(before, Some('c' | 's')) => format!("{word}es"),
        _ => format!("{word}s"),
    }
}

/// Forms that a plural may have in the singular, the word itself first.
pub(crate) fn singulars(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    for (ending, instead) in
        [("ies", "y"), ("ches", "ch"), ("shes", "sh"), ("sses", "ss"), ("xes", "x"), ("oes", "o"), ("ses", "s")]
    {
        if let Some(stem) = word.strip_suffix(ending) {
            forms.push(format!("{stem}{instead}"));
        }
    }
    for (ending, instead) in
        [("oes", "ao"), ("ciones", "cion"), ("ones", "on"), ("ores", "or"), ("aux", "al"), ("eaux", "eau")]
    {
        if let Some(stem) = word.strip_suffix(ending) {
            forms.push(format!("{stem}{instead}"));
        }
    }
    if let Some(stem) = word.strip_suffix("es") {
        forms.push(stem.to_owned());
    }
    if let Some(stem) = word.strip_suffix('s') {
        forms.push(stem.to_owned());
    }
    forms.retain(|form| form.len() > 1 || form == word);
    forms
}

/// A name whose words have lost what plurals add: `escalas_salariales` and `EscalaSalarial` give the same.
pub(crate) fn stem(name: &str) -> String {
    snake(name).split('_').map(word_stem).collect()
}

fn word_stem(word: &str) -> String {
    let cut = |ending: &str, instead: &str| {
        word.strip_suffix(ending).filter(|stem| stem.len() > 1).map(|stem| format!("{stem}{instead}"))
    };
    if let Some(found) = cut("ies", "y").or_else(|| cut("oes", "ao")).or_else(|| cut("aes", "ao")) {
        return found;
    }
    if word.len() < 4 || ["ss", "us", "is"].iter().any(|ending| word.ends_with(ending)) {
        return word.to_owned();
    }
    let bare = word.strip_suffix('s').unwrap_or(word);
    bare.strip_suffix('e').unwrap_or(bare).to_owned()
}

/// The singular of a name, where its plural is regular: of its last word, in Romance languages of each word.
pub(crate) fn singular(name: &str, language: Language) -> String {
    let endings = match language {
        Language::English => return english(name),
        Language::Spanish => SPANISH,
        Language::Portuguese => PORTUGUESE,
        Language::French => FRENCH,
        Language::Italian => ITALIAN,
        Language::German => GERMAN,
        Language::Polish => POLISH,
        Language::Turkish => TURKISH,
    };
    if !name.is_ascii() && snake(name).is_empty() {
        return name.to_owned();
    }
    let words: Vec<String> = snake(name).split('_').map(|word| romance(word, endings)).collect();
    words.join("_")
}

fn romance(word: &str, endings: Words) -> String {
    if INVARIABLE.contains(&word) || word.len() < 4 || word.ends_with("ss") || word.ends_with("us") {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("es").filter(|stem| INVARIABLE.contains(stem)) {
        return stem.to_owned();
    }
    let exact = endings.iter().find_map(|rule| rule.split_once('>').filter(|(ending, _)| ending.trim() == word));
    if let Some((_, instead)) = exact {
        return instead.trim().to_owned();
    }
    let plainly_english = ["ies", "ches", "shes", "sses", "xes"].iter().any(|ending| word.ends_with(ending));
    if ENGLISH.contains(&word) || plainly_english {
        return english(word);
    }
    for rule in endings.iter() {
        let Some((ending, instead)) = rule.split_once('>') else { continue };
        if let Some(stem) = word.strip_suffix(ending.trim()) {
            return format!("{stem}{}", instead.trim());
        }
    }
    if [ITALIAN, GERMAN, POLISH].contains(&endings) { english(word) } else { word.to_owned() }
}

/// Whether two names are forms of one word in a language whose plurals change their last letters: `Kunden` and
/// `kunde`, `clienti` and `cliente`.
pub(crate) fn are_kin(one: &str, other: &str, language: Language) -> bool {
    let endings: &[&str] = match language {
        Language::Italian => &["a", "e", "i", "o", "chi", "co", "che", "ca", "ghi", "go"],
        Language::German => &["", "e", "n", "en", "er", "s"],
        Language::Polish => &["", "a", "e", "y", "i", "o", "ow"],
        _ => return false,
    };
    let (one, other) = (fold(one), fold(other));
    let stems = |word: &str| -> Vec<String> {
        let cut = |ending: &&str| word.strip_suffix(*ending).filter(|stem| stem.len() > 3).map(str::to_owned);
        endings.iter().filter_map(cut).collect()
    };
    let stems_of_other = stems(&other);
    stems(&one).iter().any(|stem| stems_of_other.contains(stem))
}

fn last_word(name: &str) -> String {
    snake(name).rsplit('_').next().unwrap_or_default().to_owned()
}

fn english(name: &str) -> String {
    let lower = fold(name);
    if !lower.ends_with('s')
        || lower.ends_with("ss")
        || lower.ends_with("us")
        || lower.ends_with("is")
        || INVARIABLE.iter().any(|word| lower.ends_with(word))
    {
        return name.to_owned();
    }
    let cut = |count: usize, instead: &str| {
        let length = name.chars().count() - count;
        name.chars().take(length).collect::<String>() + instead
    };
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    // `statuses`, `email_aliases`
    let stem = lower.strip_suffix("es").unwrap_or_default();
    if INVARIABLE.iter().any(|word| stem.ends_with(word) && word.len() > 2) {
        return cut(2, "");
    }
    if ends(&["ies"]) && lower.len() > 4 && !IE.contains(&last_word(name).as_str()) {
        return cut(3, if name.ends_with("IES") { "Y" } else { "y" });
    }
    if ends(&["sses", "xes", "ches", "shes", "zes", "dades", "ciones", "siones", "tores", "udes"]) && !ends(&["caches"])
    {
        return cut(2, "");
    }
    cut(1, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_their_singular() {
        let cases = [
            ("order_items", Language::English, "order_item"),
            ("categories", Language::English, "category"),
            ("unidades_organizacionales", Language::Spanish, "unidad_organizacional"),
            ("usuarios_roles", Language::Spanish, "usuario_rol"),
            ("user_profiles", Language::Spanish, "user_profile"),
            ("permissoes", Language::Portuguese, "permissao"),
            ("itens_pedido", Language::Portuguese, "item_pedido"),
            ("commandes_articles", Language::French, "commande_article"),
            ("status", Language::Spanish, "status"),
        ];
        for (name, language, wanted) in cases {
            assert_eq!(singular(name, language), wanted, "{name}");
        }
        assert_eq!(stem("escalas_salariales"), stem("EscalaSalarial"));
        assert_eq!(stem("permissões"), stem("permissao"));
    }
}
