//! How far apart two colours look, also to readers without green cones (deuteranopia). Only tests need it.

/// CIE L*a*b* of a colour under D65.
pub(super) type Lab = [f64; 3];

/// As seen with all three kinds of cones.
pub(super) fn lab(rgb: (u8, u8, u8)) -> Lab {
    of_linear(linear(rgb))
}

/// As seen without green cones: Machado, Oliveira and Fernandes (2009), "A Physiologically-based Model for Simulation
/// of Color Vision Deficiency", IEEE TVCG 15(6), deuteranomaly of severity 1.0.
pub(super) fn without_green_cones(rgb: (u8, u8, u8)) -> Lab {
    const MATRIX: [[f64; 3]; 3] = [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ];
    of_linear(times(&MATRIX, linear(rgb)).map(|part| part.clamp(0.0, 1.0)))
}

/// Linear light from sRGB (IEC 61966-2-1).
fn linear((r, g, b): (u8, u8, u8)) -> [f64; 3] {
    [r, g, b].map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { libm::pow((part + 0.055) / 1.055, 2.4) }
    })
}

fn of_linear(rgb: [f64; 3]) -> Lab {
    const XYZ: [[f64; 3]; 3] = [
        [0.412_456_4, 0.357_576_1, 0.180_437_5],
        [0.212_672_9, 0.715_152_2, 0.072_175_0],
        [0.019_333_9, 0.119_192_0, 0.950_304_1],
    ];
    let [x, y, z] = times(&XYZ, rgb);
    let bend = |part: f64| {
        if part > 216.0 / 24_389.0 { libm::cbrt(part) } else { (24_389.0 / 27.0 * part + 16.0) / 116.0 }
    };
    let (x, y, z) = (bend(x / 0.950_47), bend(y), bend(z / 1.088_83));
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn times(matrix: &[[f64; 3]; 3], vector: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2])
}

/// CIEDE2000 in the notation of Sharma, Wu and Dalal (2005), "The CIEDE2000 Color-Difference Formula", Color Research
/// and Application 30(1).
pub(super) fn difference(one: Lab, two: Lab) -> f64 {
    let chroma = |[_, a, b]: Lab| libm::hypot(a, b);
    let stretch = 1.0 + 0.5 * (1.0 - seventh(f64::midpoint(chroma(one), chroma(two))));
    let [one, two] = [one, two].map(|[light, a, b]| [light, a * stretch, b]);
    let (c1, c2) = (chroma(one), chroma(two));
    let hue = |[_, a, b]: Lab| libm::atan2(b, a).to_degrees().rem_euclid(360.0);
    let (h1, h2) = (hue(one), hue(two));
    let grey = c1 * c2 == 0.0;
    let turn = if grey { 0.0 } else { (h2 - h1 + 180.0).rem_euclid(360.0) - 180.0 };
    let (light, strong) = (f64::midpoint(one[0], two[0]), f64::midpoint(c1, c2));
    let tone = if grey { h1 + h2 } else { h1 + turn / 2.0 };
    let cos = |degrees: f64| libm::cos(degrees.to_radians());
    let weight = 1.0 - 0.17 * cos(tone - 30.0) + 0.24 * cos(2.0 * tone) + 0.32 * cos(3.0 * tone + 6.0)
        - 0.2 * cos(4.0 * tone - 63.0);
    let off = (light - 50.0) * (light - 50.0);
    let dl = (two[0] - one[0]) / (1.0 + 0.015 * off / (20.0 + off).sqrt());
    let dc = (c2 - c1) / (1.0 + 0.045 * strong);
    let dh = 2.0 * (c1 * c2).sqrt() * libm::sin((turn / 2.0).to_radians()) / (1.0 + 0.015 * strong * weight);
    let from_blue = (tone.rem_euclid(360.0) - 275.0) / 25.0;
    let theta = 30.0 * libm::exp(-from_blue * from_blue);
    let rotation = -libm::sin((2.0 * theta).to_radians()) * 2.0 * seventh(strong);
    (dl * dl + dc * dc + dh * dh + rotation * dc * dh).sqrt()
}

/// How far a chroma is beyond 25, from 0 to 1.
fn seventh(chroma: f64) -> f64 {
    let power = libm::pow(chroma, 7.0);
    (power / (power + libm::pow(25.0, 7.0))).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_those_of_the_published_pairs() {
        // Sharma, Wu and Dalal (2005), table 1, pairs 1, 7, 9, 17, 25 and 34.
        for (one, two, apart) in [
            ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
            ([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669),
            ([50.0, 2.49, -0.001], [50.0, -2.49, 0.0009], 7.1792),
            ([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492),
            ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
            ([2.0776, 0.0795, -1.1350], [0.9033, -0.0636, -0.5514], 0.9082),
        ] {
            assert!((difference(one, two) - apart).abs() < 5e-5, "{one:?} {two:?}");
            assert!((difference(two, one) - apart).abs() < 5e-5, "{two:?} {one:?}");
        }
    }

    #[test]
    fn red_and_green_look_alike_without_green_cones_and_grey_stays_grey() {
        let (red, green) = ((0xC0, 0x5A, 0x00), (0x6E, 0x82, 0x00));
        assert!(difference(lab(red), lab(green)) > 30.0);
        assert!(difference(without_green_cones(red), without_green_cones(green)) < 5.0);
        let [_, a, b] = without_green_cones((0x80, 0x80, 0x80));
        assert!(a.abs() < 0.5 && b.abs() < 0.5, "{a} {b}");
    }
}
