//! What names of revisions mean: identifiers and their beginnings, `head`, `heads`, `base`, `REV+1`, `-1`, `label@head`.

use architect_model::Revision;
use rustc_hash::FxHashSet;

use super::Graph;

/// Why a name means no revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    /// Why: one sentence.
    pub text: String,
    /// What to do.
    pub help: String,
}

/// A name in parts: `label@symbol+2`.
struct Relative<'n> {
    label: Option<&'n str>,
    symbol: Option<&'n str>,
    steps: i64,
}

type Found = Result<Vec<usize>, Unresolved>;

impl<'h> Graph<'h> {
    /// The revisions that a name means, as Alembic resolves it; none for `base`. A number alone counts down from the
    /// heads.
    ///
    /// # Errors
    /// There is none of this name, or there are several.
    pub fn resolve(&self, name: &str) -> Result<Vec<&'h Revision>, Unresolved> {
        let places = match relative(name) {
            Some(relative) => self.walked(name, &relative)?,
            None => self.absolute(name)?,
        };
        Ok(places.into_iter().map(|place| self.revisions[place]).collect())
    }

    fn absolute(&self, name: &str) -> Found {
        let (label, id) = match name.split_once('@') {
            Some((label, id)) => (Some(label), id),
            None => (None, name),
        };
        match id {
            "heads" => match label {
                Some(label) => self.of_branch(self.ends(), label),
                None => Ok((0..self.revisions.len()).filter(|&place| self.all_next[place].is_empty()).collect()),
            },
            "head" => self.head(label).map(|head| head.into_iter().collect()),
            "base" => Ok(Vec::new()),
            id => self.identified(id, label).map(|place| vec![place]),
        }
    }

    /// The only head, of a branch where a label is given.
    fn head(&self, label: Option<&str>) -> Result<Option<usize>, Unresolved> {
        let heads = match label {
            Some(label) => self.of_branch(self.ends(), label)?,
            None => self.ends(),
        };
        match heads.as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(*only)),
            several => {
                let ids: Vec<&str> = several.iter().map(|&place| self.revisions[place].id.as_str()).collect();
                Err(Unresolved {
                    text: format!("there are several heads: `{}`", ids.join("`, `")),
                    help: "name one of them, or all: `heads`".to_owned(),
                })
            }
        }
    }

    fn ends(&self) -> Vec<usize> {
        (0..self.revisions.len()).filter(|&place| self.next[place].is_empty()).collect()
    }

    /// The revision of an identifier, of its beginning, or of a label.
    fn identified(&self, id: &str, label: Option<&str>) -> Result<usize, Unresolved> {
        let branch = label.map(|label| self.branch_of(label)).transpose()?;
        let exact = self.labels.get(id).or_else(|| self.places.get(id)).copied();
        let place = match exact {
            Some(place) => place,
            None => self.begins_with(id, branch)?,
        };
        if let (Some(branch), Some(label)) = (branch, label)
            && !self.shares_lineage(place, branch)
        {
            return Err(Unresolved {
                text: format!("the revision `{}` is not on the branch `{label}`", self.revisions[place].id),
                help: "name another branch, or none".to_owned(),
            });
        }
        Ok(place)
    }

    /// Labels count as names too: their revisions are found by their beginnings.
    fn begins_with(&self, start: &str, branch: Option<usize>) -> Result<usize, Unresolved> {
        let names = self.revisions.iter().enumerate().map(|(place, revision)| (revision.id.as_str(), place));
        let names = names.chain(self.labels.iter().map(|(label, &place)| (*label, place)));
        let mut close: Vec<(&str, usize)> = names
            .filter(|(name, _)| name.chars().count() > 3 && name.starts_with(start))
            .filter(|(_, place)| branch.is_none_or(|branch| self.shares_lineage(*place, branch)))
            .collect();
        close.sort_unstable();
        match close.as_slice() {
            [] => Err(Unresolved {
                text: format!("there is no revision `{start}`"),
                help: "`architect migrate heads` names the last ones; an identifier may be cut to its beginning"
                    .to_owned(),
            }),
            [(_, only)] => Ok(*only),
            several => {
                let names: Vec<&str> = several.iter().map(|(name, _)| *name).collect();
                Err(Unresolved {
                    text: format!("several revisions begin with `{start}`: `{}`", names.join("`, `")),
                    help: "write more of the identifier".to_owned(),
                })
            }
        }
    }

    fn branch_of(&self, label: &str) -> Result<usize, Unresolved> {
        self.identified(label, None).map_err(|_| Unresolved {
            text: format!("there is no branch `{label}`"),
            help: "name a label of `branch_labels`, or a revision of the branch".to_owned(),
        })
    }

    fn of_branch(&self, places: Vec<usize>, label: &str) -> Found {
        let branch = self.branch_of(label)?;
        Ok(places.into_iter().filter(|&place| self.shares_lineage(place, branch)).collect())
    }

    /// Whether one of two revisions follows the other; what depends on one does not follow it.
    fn shares_lineage(&self, place: usize, other: usize) -> bool {
        self.follows(place).contains(&other) || self.follows(other).contains(&place)
    }

    fn follows(&self, place: usize) -> FxHashSet<usize> {
        self.lineage(&[place], |place| self.down[place].clone())
    }

    fn walked(&self, name: &str, relative: &Relative) -> Found {
        let too_far = || Unresolved {
            text: format!("`{name}` goes beyond the first or last revision"),
            help: "count fewer steps".to_owned(),
        };
        match (relative.symbol, relative.steps < 0) {
            (None, false) => Err(Unresolved {
                text: format!("`{name}` counts from the revision of a database, which is not known here"),
                help: "name the revision to count from: `REV+1`".to_owned(),
            }),
            (None, true) => {
                let heads = match relative.label {
                    Some(label) => self.of_branch(self.ends(), label)?,
                    None => (0..self.revisions.len()).filter(|&place| self.all_next[place].is_empty()).collect(),
                };
                let mut found = Vec::new();
                for head in heads {
                    match self.down_from(Some(head), -relative.steps)? {
                        Walked::At(place) => found.push(place),
                        Walked::Base => {}
                        Walked::Beyond => return Err(too_far()),
                    }
                }
                Ok(found)
            }
            (Some(symbol), down) => {
                let start = match (down, relative.label) {
                    (true, Some(label)) => self.one(&format!("{label}@{symbol}"))?,
                    _ => self.one(symbol)?,
                };
                let walked = if down {
                    self.down_from(start, -relative.steps)?
                } else {
                    self.up_from(start, relative.steps, relative.label)?
                };
                match walked {
                    Walked::At(place) => Ok(vec![place]),
                    Walked::Base => Ok(Vec::new()),
                    Walked::Beyond => Err(too_far()),
                }
            }
        }
    }

    /// The one revision that a name means; none for `base`.
    fn one(&self, name: &str) -> Result<Option<usize>, Unresolved> {
        let found = self.absolute(name)?;
        match found.as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(*only)),
            _ => Err(Unresolved {
                text: format!("`{name}` means several revisions"),
                help: "name one of them".to_owned(),
            }),
        }
    }

    fn up_from(&self, start: Option<usize>, steps: i64, label: Option<&str>) -> Result<Walked, Unresolved> {
        let mut at = start;
        for _ in 0..steps {
            let further = match at {
                Some(place) => self.next[place].clone(),
                None => (0..self.revisions.len()).filter(|&place| self.down[place].is_empty()).collect(),
            };
            let further = match label {
                Some(label) => self.of_branch(further, label)?,
                None => further,
            };
            at = match further.as_slice() {
                [] => return Ok(Walked::Beyond),
                [only] => Some(*only),
                several => return Err(self.parted(several)),
            };
        }
        Ok(at.map_or(Walked::Base, Walked::At))
    }

    fn down_from(&self, start: Option<usize>, steps: i64) -> Result<Walked, Unresolved> {
        // Below `base` as a name Alembic begins again at the heads.
        let mut at = start;
        for step in 0..steps {
            let further = match at {
                Some(place) => self.down[place].clone(),
                None if step == 0 => self.ends(),
                None => return Ok(Walked::Beyond),
            };
            at = match further.as_slice() {
                [] => None,
                [only] => Some(*only),
                several => return Err(self.parted(several)),
            };
        }
        Ok(at.map_or(Walked::Base, Walked::At))
    }

    fn parted(&self, places: &[usize]) -> Unresolved {
        let ids: Vec<&str> = places.iter().map(|&place| self.revisions[place].id.as_str()).collect();
        Unresolved { text: format!("the way parts at `{}`", ids.join("`, `")), help: "name one of them".to_owned() }
    }
}

/// Where a walk ends.
enum Walked {
    At(usize),
    Base,
    Beyond,
}

/// `(?:(.+?)@)?(\w+)?((?:\+|-)\d+)`, at the start of a name, as Alembic has it.
fn relative(name: &str) -> Option<Relative<'_>> {
    // The shortest label comes first; without one, the whole.
    let labels = name.match_indices('@').map(|(at, _)| (Some(&name[..at]), &name[at + 1..]));
    let labels = labels.filter(|(label, _)| label.is_some_and(|label| !label.is_empty()));
    for (label, rest) in labels.chain([(None, name)]) {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (symbol, number) = rest.split_at(end);
        let sign = match number.chars().next() {
            Some('+') => 1,
            Some('-') => -1,
            _ => continue,
        };
        let digits: String = number[1..].chars().take_while(char::is_ascii_digit).collect();
        if let Ok(steps) = digits.parse::<i64>() {
            return Some(Relative { label, symbol: (!symbol.is_empty()).then_some(symbol), steps: sign * steps });
        }
    }
    None
}
