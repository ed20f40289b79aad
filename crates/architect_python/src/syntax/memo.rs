//! An append-only map that many threads may fill while others hold references into it.

use std::hash::{BuildHasher, Hash};
use std::sync::OnceLock;

use rustc_hash::FxBuildHasher;

/// Remembers a value for each key for as long as the memo lives.
///
/// A value is computed outside any lock, so that computing one may ask the same memo for another.
/// Two threads may compute the same value; the first one stored wins.
pub(crate) struct Memo<K, V> {
    buckets: Box<[Link<K, V>]>,
}

type Link<K, V> = OnceLock<Box<Entry<K, V>>>;

struct Entry<K, V> {
    key: K,
    value: V,
    next: Link<K, V>,
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self::with_buckets(1024)
    }
}

impl<K, V> Memo<K, V> {
    /// A memo for about as many values as `buckets`.
    pub(crate) fn with_buckets(buckets: usize) -> Self {
        Self { buckets: (0..buckets.max(1)).map(|_| OnceLock::new()).collect() }
    }
}

impl<K: Eq + Hash, V> Memo<K, V> {
    /// The value of `key`, if it was computed.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let mut link = self.bucket(Some(key));
        while let Some(entry) = link.get() {
            if entry.key == *key {
                return Some(&entry.value);
            }
            link = &entry.next;
        }
        None
    }

    /// The value of `key`, computed by `compute` the first time.
    pub(crate) fn get_or(&self, key: K, compute: impl FnOnce() -> V) -> &V {
        if let Some(value) = self.get(&key) {
            return value;
        }
        let mut fresh = Some(Box::new(Entry { value: compute(), next: OnceLock::new(), key }));
        let mut link = self.bucket(fresh.as_ref().map(|entry| &entry.key));
        loop {
            if let Some(found) = link.get() {
                if fresh.as_ref().is_none_or(|entry| entry.key == found.key) {
                    return &found.value;
                }
                link = &found.next;
            } else if let Some(entry) = fresh.take() {
                fresh = link.set(entry).err();
            }
        }
    }

    fn bucket(&self, key: Option<&K>) -> &Link<K, V> {
        let hash = key.map_or(0, |key| FxBuildHasher.hash_one(key));
        let index = usize::try_from(hash >> 32).unwrap_or_default() % self.buckets.len();
        &self.buckets[index]
    }
}
