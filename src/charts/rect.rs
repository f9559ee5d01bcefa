//! Rectangles in pixels.

/// A rectangle in pixels; its edges belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rect {
    pub left: i32,
    pub top: i32,
    pub right: i32,
    pub bottom: i32,
}

impl Rect {
    /// A rectangle by its corner at the top left and its size.
    pub(super) fn at((left, top): (i32, i32), (width, height): (i32, i32)) -> Rect {
        Rect { left, top, right: left + width, bottom: top + height }
    }

    pub(super) fn height(self) -> i32 {
        self.bottom - self.top
    }

    pub(super) fn width(self) -> i32 {
        self.right - self.left
    }

    pub(super) fn middle(self) -> (i32, i32) {
        ((self.left + self.right) / 2, (self.top + self.bottom) / 2)
    }

    /// Whether the two share more than an edge.
    pub(super) fn overlaps(self, other: Rect) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    pub(super) fn holds(self, inner: Rect) -> bool {
        self.left <= inner.left
            && inner.right <= self.right
            && self.top <= inner.top
            && inner.bottom <= self.bottom
    }
}
