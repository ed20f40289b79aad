//! Which element of one list is which of another.

use rustc_hash::FxHashMap;

use super::names::Names;
use super::node::{Kind, Node, Word};

/// An element of the writers' lists: before, after, or in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) before: Option<usize>,
    pub(super) after: Option<usize>,
}

/// How alike elements must be to be taken for the same one.
const ALIKE: f64 = 0.5;

/// Pairs the elements of both versions, in the order of the one after; what is gone stands behind what it followed.
pub(super) fn pair(before: &[Node], after: &[Node]) -> Vec<Pair> {
    let mut partner: Vec<Option<usize>> = vec![None; before.len()];
    let mut taken = vec![false; after.len()];
    let keyed: FxHashMap<&str, usize> =
        after.iter().enumerate().filter_map(|(at, node)| Some((node.key.as_deref()?, at))).collect();
    for (at, node) in before.iter().enumerate() {
        if let Some(found) = node.key.as_deref().and_then(|key| keyed.get(key))
            && !taken[*found]
        {
            partner[at] = Some(*found);
            taken[*found] = true;
        }
    }
    let is_open = |at: usize, node: &Node, partner: &[Option<usize>]| node.key.is_none() && partner[at].is_none();
    let left: Vec<usize> = (0..before.len()).filter(|at| is_open(*at, &before[*at], &partner)).collect();
    let right: Vec<usize> = (0..after.len()).filter(|at| after[*at].key.is_none()).collect();
    for (one, two) in common(left.len(), right.len(), |i, j| before[left[i]].says(&after[right[j]])) {
        partner[left[one]] = Some(right[two]);
        taken[right[two]] = true;
    }
    pair_alike(before, after, &mut partner, &mut taken);
    merged(&partner, after.len())
}

/// In the gaps between what is paired, elements of one kind that are much alike are one that changed.
fn pair_alike(before: &[Node], after: &[Node], partner: &mut [Option<usize>], taken: &mut [bool]) {
    let mut found: Vec<(f64, usize, usize)> = Vec::new();
    for (one, node) in before.iter().enumerate().filter(|(at, _)| partner[*at].is_none()) {
        let (low, high) = gap(partner, one, after.len());
        for two in (low..high).filter(|two| !taken[*two]) {
            let other = &after[two];
            let alike = likeness(node, other, |one, two| one.text == two.text);
            let renamed = node.key.is_some() || other.key.is_some();
            if node.tag == other.tag && is_renamed(node, other) {
                found.push((1.0, one, two));
            } else if node.tag == other.tag && alike >= if renamed { 0.75 } else { ALIKE } {
                found.push((alike, one, two));
            }
        }
    }
    found.sort_by(|one, two| two.0.total_cmp(&one.0).then(one.1.cmp(&two.1)).then(one.2.cmp(&two.2)));
    for (_, one, two) in found {
        let (low, high) = gap(partner, one, after.len());
        if partner[one].is_none() && !taken[two] && (low..high).contains(&two) {
            partner[one] = Some(two);
            taken[two] = true;
        }
    }
}

/// Whether two elements with names of their own differ in these names alone.
fn is_renamed(one: &Node, two: &Node) -> bool {
    let (Some(from), Some(to)) = (one.key.as_deref(), two.key.as_deref()) else { return false };
    let same = |(one, two): (&Word, &Word)| one.text == two.text || (&*one.text == from && &*two.text == to);
    from != to && one.words.len() == two.words.len() && one.words.iter().zip(two.words.iter()).all(same)
}

/// Between which elements of the other list the partner of an element can stand.
fn gap(partner: &[Option<usize>], at: usize, end: usize) -> (usize, usize) {
    let low = partner[..at].iter().rev().flatten().next().map_or(0, |found| found + 1);
    let high = partner[at + 1..].iter().flatten().next().copied().unwrap_or(end);
    (low, high)
}

/// The pairs in the order of the list after.
fn merged(partner: &[Option<usize>], after: usize) -> Vec<Pair> {
    let mut back: Vec<Option<usize>> = vec![None; after];
    partner.iter().enumerate().filter_map(|(at, found)| Some((at, (*found)?))).for_each(|(at, found)| {
        back[found] = Some(at);
    });
    let mut pairs: Vec<Pair> = Vec::with_capacity(after + partner.len());
    let gone = |from: usize, pairs: &mut Vec<Pair>| {
        let rest = partner.iter().enumerate().skip(from).take_while(|(_, found)| found.is_none());
        pairs.extend(rest.map(|(at, _)| Pair { before: Some(at), after: None }));
    };
    gone(0, &mut pairs);
    for (at, before) in back.iter().enumerate() {
        pairs.push(Pair { before: *before, after: Some(at) });
        if let Some(before) = before {
            gone(before + 1, &mut pairs);
        }
    }
    pairs
}

/// A longest common subsequence as index pairs.
pub(super) fn common(left: usize, right: usize, same: impl Fn(usize, usize) -> bool) -> Vec<(usize, usize)> {
    let mut start = 0;
    while start < left.min(right) && same(start, start) {
        start += 1;
    }
    let mut end = 0;
    while end < left.min(right) - start && same(left - 1 - end, right - 1 - end) {
        end += 1;
    }
    let (rows, columns) = (left - start - end, right - start - end);
    let equal: Vec<bool> =
        (0..rows * columns).map(|at| same(start + at / columns.max(1), start + at % columns.max(1))).collect();
    let mut best = vec![0_u32; (rows + 1) * (columns + 1)];
    let at = |row: usize, column: usize| row * (columns + 1) + column;
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            best[at(row, column)] = if equal[row * columns + column] {
                best[at(row + 1, column + 1)] + 1
            } else {
                best[at(row + 1, column)].max(best[at(row, column + 1)])
            };
        }
    }
    let mut found: Vec<(usize, usize)> = (0..start).map(|at| (at, at)).collect();
    let (mut row, mut column) = (0, 0);
    while row < rows && column < columns {
        if equal[row * columns + column] {
            found.push((start + row, start + column));
            (row, column) = (row + 1, column + 1);
        } else if best[at(row + 1, column)] >= best[at(row, column + 1)] {
            row += 1;
        } else {
            column += 1;
        }
    }
    found.extend((0..end).rev().map(|at| (left - 1 - at, right - 1 - at)));
    found
}

/// The share of words that two nodes have in common, from 0 to 1; a statement that binds the same, or calls the same,
/// is more alike.
pub(super) fn likeness(one: &Node, two: &Node, same: impl Fn(&Word, &Word) -> bool) -> f64 {
    let (left, right) = (&one.words, &two.words);
    if left.is_empty() || right.is_empty() {
        return 0.0;
    }
    let limit = 200;
    let (left, right) = (&left[..left.len().min(limit)], &right[..right.len().min(limit)]);
    let shared = common(left.len(), right.len(), |i, j| same(&left[i], &right[j])).len();
    #[allow(clippy::cast_precision_loss, reason = "at most 200 words")]
    let share = 2.0 * shared as f64 / (left.len() + right.len()) as f64;
    let head = head(one)
        .zip(head(two))
        .is_some_and(|(one, two)| one.len() == two.len() && one.iter().zip(two).all(|(one, two)| same(one, two)));
    // A link of the same name, the arguments of the same call, or what a block gives back.
    let is_link = one.tag.starts_with(['.', '(', '[']) && matches!(one.kind, Kind::Fixed);
    if one.tag == two.tag && (is_link || one.tag.starts_with("StmtReturn")) {
        return 0.5f64.mul_add(share, 0.5);
    }
    if head { 0.4f64.mul_add(1.0 - share, share) } else { share }
}

/// What a statement binds, or what it calls.
fn head(node: &Node) -> Option<&[Word]> {
    let first = node.parts.first()?;
    match first.kind {
        Kind::Leaf => Some(&first.words),
        Kind::Chain => first.parts.first().map(|base| &base.words[..]),
        _ => None,
    }
}

/// Where the code has each pair. Names that only become known by what is found are learned on the way.
pub(super) fn seek(
    pairs: &[Pair],
    before: &[Node],
    after: &[Node],
    code: &[Node],
    names: &mut Names,
) -> Vec<Option<usize>> {
    let mut found: Vec<Option<usize>> = vec![None; pairs.len()];
    let mut taken = vec![false; code.len()];
    let sides = |pair: &Pair| (pair.before.map(|at| &before[at]), pair.after.map(|at| &after[at]));
    seek_keyed(pairs, &sides, code, names, &mut found, &mut taken);
    let open: Vec<usize> =
        (0..pairs.len()).filter(|at| found[*at].is_none() && !is_keyed(sides(&pairs[*at]))).collect();
    let free: Vec<usize> = (0..code.len()).filter(|at| !taken[*at] && code[*at].key.is_none()).collect();
    let known = &*names;
    let may_be = |i: usize, j: usize| {
        let (one, two) = sides(&pairs[open[i]]);
        one.into_iter().chain(two).any(|node| known.may_be_same(node, &code[free[j]]))
    };
    let same = common(open.len(), free.len(), may_be);
    for (i, j) in same {
        let (one, two) = sides(&pairs[open[i]]);
        if one.into_iter().chain(two).any(|node| names.learn(node, &code[free[j]])) {
            found[open[i]] = Some(free[j]);
            taken[free[j]] = true;
        }
    }
    for at in open {
        if found[at].is_none() {
            // In another order.
            let (one, two) = sides(&pairs[at]);
            let mut all = one.into_iter().chain(two);
            let hit = all.find_map(|node| (0..code.len()).find(|j| !taken[*j] && names.same(node, &code[*j])));
            if let Some(hit) = hit {
                found[at] = Some(hit);
                taken[hit] = true;
            }
        }
    }
    seek_alike(pairs, &sides, code, names, &mut found, &mut taken);
    prefer_planned(pairs, &sides, code, names, &mut found, &mut taken);
    found
}

fn is_keyed((one, two): (Option<&Node>, Option<&Node>)) -> bool {
    one.or(two).is_some_and(|node| node.key.is_some())
}

type Sides<'a, 'n> = dyn Fn(&Pair) -> (Option<&'n Node>, Option<&'n Node>) + 'a;

fn seek_keyed(
    pairs: &[Pair],
    sides: &Sides<'_, '_>,
    code: &[Node],
    names: &Names,
    found: &mut [Option<usize>],
    taken: &mut [bool],
) {
    let keys: FxHashMap<&str, usize> =
        code.iter().enumerate().rev().filter_map(|(at, node)| Some((node.key.as_deref()?, at))).collect();
    for (at, pair) in pairs.iter().enumerate() {
        let (one, two) = sides(pair);
        for node in one.into_iter().chain(two) {
            let Some(key) = node.key.as_deref() else { continue };
            let own = names.key(key, node);
            if let Some(hit) = keys.get(&*own)
                && !taken[*hit]
                && found[at].is_none()
            {
                found[at] = Some(*hit);
                taken[*hit] = true;
            }
        }
    }
}

/// Where the code has both what was written before and what is planned, that is the one: it changed already.
fn prefer_planned(
    pairs: &[Pair],
    sides: &Sides<'_, '_>,
    code: &[Node],
    names: &Names,
    found: &mut [Option<usize>],
    taken: &mut [bool],
) {
    for (pair, place) in pairs.iter().zip(found.iter_mut()) {
        let ((Some(one), Some(two)), Some(known)) = (sides(pair), *place) else { continue };
        if two.key.is_some() || one.says(two) || names.same(two, &code[known]) {
            continue;
        }
        if let Some(planned) = (0..code.len()).find(|at| !taken[*at] && names.same(two, &code[*at])) {
            taken[known] = false;
            taken[planned] = true;
            *place = Some(planned);
        }
    }
}

/// What is left: the most alike of the same kind, between what was found.
fn seek_alike(
    pairs: &[Pair],
    sides: &Sides<'_, '_>,
    code: &[Node],
    names: &mut Names,
    found: &mut [Option<usize>],
    taken: &mut [bool],
) {
    let mut hits: Vec<(f64, usize, usize)> = Vec::new();
    for (at, pair) in pairs.iter().enumerate().filter(|(at, _)| found[*at].is_none()) {
        let (Some(node), _) = sides(pair) else { continue };
        if node.key.is_some() {
            continue;
        }
        let (low, high) = gap(found, at, code.len());
        for other in (low..high.max(low)).filter(|other| !taken[*other]) {
            let alike = likeness(node, &code[other], |one, two| names.word_may_be_same(one, two));
            let is_kind = node.tag == code[other].tag && code[other].key.is_none();
            if is_kind && alike >= ALIKE {
                hits.push((alike, at, other));
            }
        }
    }
    hits.sort_by(|one, two| two.0.total_cmp(&one.0).then(one.1.cmp(&two.1)).then(one.2.cmp(&two.2)));
    for (_, at, other) in hits {
        let (low, high) = gap(found, at, code.len());
        if found[at].is_none() && !taken[other] && (low..high.max(low)).contains(&other) {
            found[at] = Some(other);
            taken[other] = true;
            if let (Some(node), _) = sides(&pairs[at]) {
                names.learn_target(node, &code[other]);
            }
        }
    }
}
