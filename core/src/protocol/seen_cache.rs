//! Which broadcasts a node has seen, so that each is handled once.

use super::message::BroadcastId;
use super::peer::Peer;
use crate::units::{Duration, Time};

/// Remembers the broadcasts heard last, between half of `most` and `most` of them, and all those first heard within
/// `span`; it forgets the rest. So what still goes round is known however much else there is, and a table that had to
/// grow for that is smaller again after a while.
///
/// Two generations, as in [`Recent`](super::recent::Recent), in one open hash table of words. A word is a page of
/// [`PAGE`] successive broadcasts of one origin: which page, and a bit for each that is of the old generation or of the
/// young. So to look a broadcast up costs a cache line, which at every message of every node is what counts, and an origin
/// that broadcasts again and again costs two bytes each time. Empty, it owns no memory.
#[derive(Debug, Default)]
pub(super) struct SeenCache {
    /// Linear probing, at most seven eighths full; 0 is an empty place.
    places: Box<[u64]>,
    pages: u32,
    /// Broadcasts in the young generation, to which they are added.
    young: u32,
    /// When it began.
    began: Time,
}

const FIRST_PLACES: usize = 4;
/// Broadcasts a page.
const PAGE: u32 = 4;
/// Bits of the young generation in a word; the old one's come next, and then the page's number.
const YOUNG: u64 = (1 << PAGE) - 1;
const OLD: u64 = YOUNG << PAGE;
const NUMBER: u32 = 2 * PAGE;
/// Bits of a page's number that say which of its origin's it is; the origin is above.
const SEQUENCE_BITS: u32 = 30;
/// The fractions of the golden ratio and of the root of two, times 2^64.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
const ROOT_OF_TWO: u64 = 0x6A09_E667_F3BC_C909;

impl SeenCache {
    /// Bytes of memory after so many different broadcasts, each origin's as likely as another's, of which so many are to be
    /// remembered, or as many as come within twice the span.
    pub(super) fn bytes(broadcasts: u64, most: u32, within: u64, origins: u32) -> u64 {
        let pages = pages(broadcasts.min(within.max(u64::from(most))), origins);
        if pages == 0 {
            return 0;
        }
        let mut places = FIRST_PLACES;
        while !has_room(pages as usize, places) {
            places = places_for(7 * places / 8 + 1);
        }
        (places * size_of::<u64>()) as u64
    }

    /// Remembers a broadcast from `now` on. `None` when it is known; else how many were forgotten for it. `most` is at least
    /// 2.
    #[inline(always)]
    pub(super) fn insert(&mut self, id: BroadcastId, now: Time, most: u32, span: Duration) -> Option<u32> {
        let (page, bit) = place_in_page(id);
        let place = self.find(page);
        let known = place.map_or(0, |place| self.places[place]);
        if knows(known, bit) {
            return None;
        }
        let ages = self.young >= (most / 2).max(1) && now.since(self.began) >= span;
        let mut forgotten = 0;
        match place {
            Some(place) if !ages && (known != 0 || has_room(self.pages as usize + 1, self.places.len())) => {
                self.pages += u32::from(known == 0);
                self.places[place] = known | page << NUMBER | bit;
            }
            _ => forgotten = self.rebuild(page, bit, ages.then_some(now)),
        }
        self.young += 1;
        Some(forgotten)
    }

    /// Whether a broadcast is remembered, as far as the first place tells at which its page may be: enough to load that, and
    /// to know of most repeated copies that nothing else is needed.
    #[inline]
    pub(super) fn is_at_first_place(&self, id: BroadcastId) -> bool {
        let (page, bit) = place_in_page(id);
        let word = self.places.get(first_place(page, self.places.len()));
        word.is_some_and(|word| word >> NUMBER == page && knows(*word, bit))
    }

    /// Adds a broadcast in a new table: a larger one, or, from a time on, one without the old generation, which the young one
    /// becomes. Returns how many were forgotten.
    #[cold]
    fn rebuild(&mut self, page: u64, bit: u64, ages_at: Option<Time>) -> u32 {
        let mut words = std::mem::take(&mut self.places);
        let forgotten = ages_at.map_or(0, |now| self.age(&mut words, now));
        let wanted = places_for(self.pages as usize + 1);
        // A table that is soon as full again keeps its size.
        let fits = has_room(self.pages as usize + 1, words.len()) && words.len() < 3 * wanted;
        let mut places = vec![0; if fits { words.len() } else { wanted }].into_boxed_slice();
        for word in words.into_iter().filter(|word| *word != 0) {
            // It is the only one of its page.
            if let Some(place) = probe(&places, word >> NUMBER, |other| other == 0) {
                places[place] = word;
            }
        }
        self.places = places;
        if let Some(place) = self.find(page) {
            self.pages += u32::from(self.places[place] == 0);
            self.places[place] |= page << NUMBER | bit;
        }
        forgotten
    }

    /// The young generation of these words becomes the old one. Returns how many of that were forgotten.
    fn age(&mut self, words: &mut [u64], now: Time) -> u32 {
        let forgotten = words.iter().map(|word| (word & OLD).count_ones()).sum();
        for word in words.iter_mut() {
            let old = (*word & YOUNG) << PAGE;
            *word = if old == 0 { 0 } else { *word & !(OLD | YOUNG) | old };
        }
        self.pages = words.iter().filter(|word| **word != 0).count() as u32;
        (self.began, self.young) = (now, 0);
        forgotten
    }

    /// Where the page is, or belongs; `None` in a table without places.
    #[inline]
    fn find(&self, page: u64) -> Option<usize> {
        probe(&self.places, page, |word| word == 0 || word >> NUMBER == page)
    }
}

/// The first place with a word like this, of those at which a page may be. There must be one, unless there are no places.
#[inline(always)]
fn probe(places: &[u64], page: u64, is_wanted: impl Fn(u64) -> bool) -> Option<usize> {
    let (before, ahead) = places.split_at(first_place(page, places.len()));
    for (number, word) in ahead.iter().enumerate() {
        if is_wanted(*word) {
            return Some(before.len() + number);
        }
    }
    before.iter().position(|word| is_wanted(*word))
}

/// Where a page belongs, among so many places.
///
/// Multiples of the golden ratio, modulo 1, lie about as far from each other as so many numbers can (the three-gap theorem:
/// Sós 1957), and peers are numbered from 0. So where all peers of a network broadcast, hardly any two pages belong in one place;
/// where few do, it is a hash like others.
#[inline]
fn first_place(page: u64, places: usize) -> usize {
    let (origin, number) = (page >> SEQUENCE_BITS, page & ((1 << SEQUENCE_BITS) - 1));
    let hash = origin.wrapping_mul(GOLDEN).wrapping_add(number.wrapping_mul(ROOT_OF_TWO));
    ((u128::from(hash) * places as u128) >> u64::BITS) as usize
}

/// Whether so many pages may lie in so many places.
#[inline]
fn has_room(pages: usize, places: usize) -> bool {
    8 * pages <= 7 * places
}

/// Places of a new table for so many pages, and three quarters more.
fn places_for(pages: usize) -> usize {
    (2 * pages).max(FIRST_PLACES)
}

/// Whether a word has the broadcast of this bit, in either generation.
#[inline]
fn knows(word: u64, bit: u64) -> bool {
    (word | word >> PAGE) & bit != 0
}

/// The number of the page, and the broadcast's bit in it.
#[inline]
fn place_in_page(id: BroadcastId) -> (u64, u64) {
    // 26 bits of the origin, 30 of the sequence and 8 of the generations are a word.
    const { assert!(Peer::LIMIT <= 1 << 26) };
    debug_assert!(id.origin.0 < Peer::LIMIT, "a peer of a table");
    (u64::from(id.origin.0) << SEQUENCE_BITS | u64::from(id.sequence / PAGE), 1 << (id.sequence % PAGE))
}

/// Pages of so many broadcasts that begin anywhere: of those who broadcast at all, one, and one for every
/// [`PAGE`] broadcasts more.
fn pages(broadcasts: u64, origins: u32) -> u64 {
    let origins = f64::from(origins);
    let begun = -origins * libm::expm1(-(broadcasts as f64) / origins.max(1.0));
    let more = (broadcasts as f64 - begun).max(0.0);
    (begun + more / f64::from(PAGE)).ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(number: u32) -> BroadcastId {
        BroadcastId { origin: Peer(number % 7), sequence: number / 7 }
    }

    impl SeenCache {
        fn has(&self, id: BroadcastId) -> bool {
            let (page, bit) = place_in_page(id);
            self.find(page).is_some_and(|place| knows(self.places[place], bit))
        }

        fn keys(&self) -> u32 {
            self.places.iter().map(|word| (word & (YOUNG | OLD)).count_ones()).sum()
        }
    }

    proptest! {
        #[test]
        fn it_remembers_at_least_the_last_half_and_at_most_all_of_what_is_allowed(
            numbers in prop::collection::vec(0..300_u32, 0..600), most in 2..100_u32,
        ) {
            let mut heard = SeenCache::default();
            let mut news: Vec<u32> = Vec::new();
            for number in numbers {
                let new = heard.insert(id(number), Time::ZERO, most, Duration::ZERO).is_some();
                let ago = news.iter().rev().position(|known| *known == number);
                match ago {
                    Some(ago) if ago < (most / 2).max(1) as usize => prop_assert!(!new),
                    Some(ago) if ago >= most as usize => prop_assert!(new),
                    None => prop_assert!(new),
                    Some(_) => {}
                }
                if new {
                    news.push(number);
                }
            }
        }
    }

    #[test]
    fn it_takes_the_memory_that_is_estimated() {
        let mut heard = SeenCache::default();
        for number in 0..3000 {
            let bytes = size_of_val(&*heard.places) as u64;
            // Each is another origin's, so that none shares a page.
            assert_eq!(bytes, SeenCache::bytes(u64::from(number), 1024, 0, u32::MAX), "{number}");
            let id = BroadcastId { origin: Peer(number), sequence: 0 };
            heard.insert(id, Time::ZERO, 1024, Duration::ZERO);
        }
    }

    /// A hundred origins, and one of them at random each time.
    #[test]
    fn broadcasts_of_the_same_origins_share_pages_as_estimated() {
        let (mut heard, mut sequences, mut state) = (SeenCache::default(), [0_u32; 100], 1);
        for number in 1..=2000_u64 {
            let origin = (super::super::harness::next(&mut state) % 100) as u32;
            let sequence = &mut sequences[origin as usize];
            heard.insert(
                BroadcastId { origin: Peer(origin), sequence: *sequence },
                Time::ZERO,
                9999,
                Duration::ZERO,
            );
            *sequence += 1;
            let said = pages(number, 100);
            assert!(
                f64::from(heard.pages) < 1.25 * said as f64 + 10.0,
                "{number}: {} pages, not {said}",
                heard.pages
            );
            assert!(
                f64::from(heard.pages) > 0.8 * said as f64 - 10.0,
                "{number}: {} pages, not {said}",
                heard.pages
            );
        }
        assert_eq!(heard.keys(), 2000);
    }

    #[test]
    fn a_look_at_one_place_tells_most_of_what_is_remembered_and_nothing_that_is_not() {
        let mut heard = SeenCache::default();
        assert!(!heard.is_at_first_place(id(0)));
        for number in 0..1000 {
            heard.insert(id(number), Time::ZERO, 9999, Duration::ZERO);
        }
        let told = |numbers: std::ops::Range<u32>| {
            numbers.filter(|number| heard.is_at_first_place(id(*number))).count()
        };
        assert!(told(0..1000) > 500, "{}", told(0..1000));
        assert_eq!(told(1000..2000), 0);
    }

    #[test]
    fn pages_of_all_peers_of_a_network_hardly_ever_belong_in_one_place() {
        let mut heard = SeenCache::default();
        let first = |peer: u32, page: u32| BroadcastId { origin: Peer(peer), sequence: page * PAGE };
        let all = || (0..2).flat_map(|page| (0..2_000).map(move |peer| first(peer, page)));
        all().for_each(|id| {
            heard.insert(id, Time::ZERO, 9_999, Duration::ZERO);
        });
        let full = f64::from(heard.pages) / heard.places.len() as f64;
        let found = all().filter(|id| heard.is_at_first_place(*id)).count() as f64 / 4_000.0;
        // Linear probing with a random hash finds about 1 - full / 2 at the first look (Knuth, TAOCP 3, 6.4).
        assert!(full > 0.8 && found > 0.85, "{found} at {full}");
    }

    #[test]
    fn the_first_of_all_broadcasts_is_not_taken_for_an_empty_place() {
        let mut heard = SeenCache::default();
        assert_eq!(heard.insert(id(0), Time::ZERO, 8, Duration::ZERO), Some(0));
        assert_eq!(heard.insert(id(0), Time::ZERO, 8, Duration::ZERO), None);
    }

    #[test]
    fn pages_of_both_generations_are_told_from_each_other_up_to_the_last_number() {
        let mut heard = SeenCache::default();
        let last = BroadcastId { origin: Peer(Peer::LIMIT - 1), sequence: u32::MAX };
        assert_eq!(heard.insert(last, Time::ZERO, 2, Duration::ZERO), Some(0));
        // Of the same page, in the next generation; the one after that forgets the first.
        let next = |sequence| BroadcastId { sequence, ..last };
        assert_eq!(heard.insert(next(u32::MAX - 1), Time::ZERO, 2, Duration::ZERO), Some(0));
        assert_eq!(heard.insert(last, Time::ZERO, 2, Duration::ZERO), None);
        assert_eq!(heard.insert(next(u32::MAX - 2), Time::ZERO, 2, Duration::ZERO), Some(1));
        assert!(!heard.has(last) && heard.has(next(u32::MAX - 1)) && !heard.has(next(u32::MAX - 3)));
    }

    /// A hundred broadcasts a second, of which ten seconds' are to be known, whatever the number.
    #[test]
    fn what_was_heard_within_the_span_is_never_forgotten_and_the_table_shrinks_again() {
        let (span, mut heard, mut forgotten) = (Duration::from_secs(10), SeenCache::default(), 0);
        let at = |number: u32| Time::ZERO + Duration::from_millis(u64::from(number) * 10);
        for number in 0..5000_u32 {
            forgotten += heard.insert(id(number), at(number), 2, span).expect("it is new");
            let known = (number.saturating_sub(1000)..=number).all(|number| heard.has(id(number)));
            assert!(known, "{number}");
            assert!(heard.keys() <= 2002);
        }
        assert_eq!(forgotten + heard.keys(), 5000);
        let grown = heard.places.len();
        for number in 0..5_u32 {
            let later = at(5000) + Duration::from_secs(u64::from(number) * 20);
            heard.insert(id(9000 + number), later, 2, span);
        }
        assert!(heard.places.len() < grown / 10, "{}", heard.places.len());
    }
}
