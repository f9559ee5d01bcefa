//! Where labels inside a panel go: none covers another, and none leaves the panel.

use super::rect::Rect;

/// Labels that have been placed in an area.
#[derive(Clone, Debug)]
pub(super) struct Labels {
    area: Rect,
    taken: Vec<Rect>,
}

/// Pixels between two places that are tried.
const STEP: usize = 10;

impl Labels {
    pub(super) fn new(area: Rect) -> Labels {
        Labels { area, taken: Vec::new() }
    }

    /// Keeps labels away from what is drawn here.
    pub(super) fn avoid(&mut self, taken: Rect) {
        self.taken.push(taken);
    }

    /// A place of this size: the first of the wishes (top left corners) that is free, else the free place nearest to
    /// the first wish, else none, when the area is full.
    pub(super) fn place(&mut self, size: (i32, i32), wishes: &[(i32, i32)]) -> Option<Rect> {
        let wished = wishes.iter().map(|corner| Rect::at(*corner, size)).find(|rect| self.is_free(*rect));
        let place = wished.or_else(|| self.nearest(size, *wishes.first()?));
        self.taken.extend(place);
        place
    }

    fn is_free(&self, rect: Rect) -> bool {
        self.area.holds(rect) && !self.taken.iter().any(|taken| taken.overlaps(rect))
    }

    fn nearest(&self, size: (i32, i32), wish: (i32, i32)) -> Option<Rect> {
        let area = self.area;
        let tops = (area.top..=area.bottom - size.1).step_by(STEP);
        let lefts = || (area.left..=area.right - size.0).step_by(STEP);
        let corners = tops.flat_map(|top| lefts().map(move |left| (left, top)));
        let free = corners.map(|corner| Rect::at(corner, size)).filter(|rect| self.is_free(*rect));
        // Moving up or down leaves a label beside what it is about.
        free.min_by_key(|rect| 3 * (rect.left - wish.0).abs() + (rect.top - wish.1).abs())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AREA: Rect = Rect { left: 100, top: 50, right: 1100, bottom: 400 };

    #[test]
    fn a_label_that_would_cover_another_moves() {
        let mut labels = Labels::new(AREA);
        let first = labels.place((200, 36), &[(500, 100)]).expect("it is free");
        assert_eq!(first, Rect::at((500, 100), (200, 36)));
        let second = labels.place((200, 36), &[(500, 110), (800, 110)]).expect("the second wish is");
        assert_eq!(second.left, 800);
        let third = labels.place((200, 36), &[(520, 100)]).expect("there is room above or below");
        assert!(!third.overlaps(first) && (third.left - 520).abs() < STEP as i32, "{third:?}");
    }

    proptest! {
        #[test]
        fn labels_never_collide_and_stay_inside(
            wishes in prop::collection::vec((0..1200_i32, 0..500_i32, 40..420_i32), 1..9)
        ) {
            let mut labels = Labels::new(AREA);
            let mut placed: Vec<Rect> = Vec::new();
            for (left, top, width) in wishes {
                // Eight labels less than half as wide as the area leave one of its nine lines free.
                let rect = labels.place((width, 36), &[(left, top)]).expect("there is room for eight");
                prop_assert!(AREA.holds(rect), "{rect:?}");
                prop_assert!(placed.iter().all(|other| !other.overlaps(rect)), "{rect:?} {placed:?}");
                placed.push(rect);
            }
        }

        #[test]
        fn a_full_area_has_no_place(count in 1..40_usize) {
            let mut labels = Labels::new(AREA);
            let placed = (0..count).filter_map(|_| labels.place((1000, 100), &[(100, 50)])).count();
            prop_assert_eq!(placed, count.min(3));
        }
    }
}
