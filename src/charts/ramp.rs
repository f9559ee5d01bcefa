//! Colours for values from low to high: pale yellow over green and blue to navy. Neighbouring steps look about equally far
//! apart (CIEDE2000), for readers without green cones as well as for all others, and each is darker than the one
//! before: a test holds them to it.

use super::style::{Colour, INK, WHITE};

const STEPS: [(u8, u8, u8); 17] = [
    (0xFA, 0xF5, 0xC5),
    (0xDB, 0xE9, 0xB3),
    (0xB9, 0xDB, 0xA4),
    (0xA0, 0xCC, 0xA1),
    (0x8E, 0xC1, 0xA3),
    (0x80, 0xB7, 0xA5),
    (0x74, 0xAE, 0xA7),
    (0x67, 0xA4, 0xA8),
    (0x5B, 0x99, 0xA9),
    (0x4D, 0x8E, 0xAA),
    (0x3F, 0x82, 0xAA),
    (0x2D, 0x75, 0xA7),
    (0x1B, 0x66, 0x9F),
    (0x09, 0x55, 0x95),
    (0x00, 0x44, 0x86),
    (0x08, 0x33, 0x72),
    (0x12, 0x23, 0x5C),
];

/// From here on, text is white.
const DARK: f64 = 0.55;

/// The colour of a place from 0 to 1.
pub(super) fn colour(place: f64) -> Colour {
    let last = STEPS.len() - 1;
    let at = place.clamp(0.0, 1.0) * last as f64;
    let below = (at.floor() as usize).min(last - 1);
    let part = at - below as f64;
    let (low, high) = (STEPS[below], STEPS[below + 1]);
    let mix = |low: u8, high: u8| (f64::from(low) + (f64::from(high) - f64::from(low)) * part).round() as u8;
    Colour { rgb: (mix(low.0, high.0), mix(low.1, high.1), mix(low.2, high.2)), alpha: 1.0 }
}

/// The colour of text and lines on the colour of a place.
pub(super) fn ink(place: f64) -> Colour {
    if place > DARK { WHITE } else { INK }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::vision::{difference, lab, without_green_cones};

    #[test]
    fn equal_steps_look_alike_for_everybody_and_each_is_darker() {
        for sight in [lab, without_green_cones] {
            let seen: Vec<[f64; 3]> =
                (0..=16).map(|step| sight(colour(f64::from(step) / 16.0).rgb)).collect();
            for pair in seen.windows(2) {
                let apart = difference(pair[0], pair[1]);
                assert!((3.5..7.0).contains(&apart), "{apart}");
                assert!(pair[0][0] > pair[1][0] + 2.0, "{pair:?}");
            }
        }
    }

    #[test]
    fn text_is_far_from_its_ground_and_what_lies_outside_has_the_colour_of_the_end() {
        for step in 0..=100 {
            let place = f64::from(step) / 100.0;
            let (text, ground) = (lab(ink(place).rgb), lab(colour(place).rgb));
            assert!((text[0] - ground[0]).abs() > 38.0, "{place}: {text:?} on {ground:?}");
        }
        assert_eq!((colour(-1.0), colour(2.0)), (colour(0.0), colour(1.0)));
        assert_eq!(colour(0.5 / 16.0).rgb, (0xEB, 0xEF, 0xBC));
    }
}
