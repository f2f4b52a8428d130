//! Colours: contrast as WCAG counts it, and the nearest colour of the same hue that has enough of it. Knows no theme.

use std::fmt;

/// A colour of the screen, without transparency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colour([u8; 3]);

/// How many lightnesses are tried between black and white.
const STEPS: i32 = 1000;

impl Colour {
    /// `#1d5fbf` or `#15b`.
    pub(super) fn parse(written: &str) -> Option<Self> {
        let digits = written.strip_prefix('#').filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let wide: String = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return None,
        };
        let part = |at: usize| u8::from_str_radix(&wide[at..at + 2], 16).ok();
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    /// From 1 for the same colour to 21 for black on white.
    pub(super) fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The paper on which it is read worst, with the contrast there.
    pub(super) fn worst(self, papers: &[Self]) -> Option<(Self, f64)> {
        let contrasts = papers.iter().map(|paper| (*paper, self.contrast(*paper)));
        contrasts.min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The colour of the same hue, as near in lightness as can be, that has this contrast on every paper; `None` where no
    /// lightness has.
    pub(super) fn readable(self, papers: &[Self], wanted: f64) -> Option<Self> {
        let is_enough = |colour: &Self| colour.worst(papers).is_none_or(|(_, contrast)| contrast >= wanted);
        if is_enough(&self) {
            return Some(self);
        }
        let [lightness, a, b] = self.to_oklab();
        (1..=STEPS)
            .flat_map(|step| [f64::from(step), f64::from(-step)])
            .map(|step| lightness + step / f64::from(STEPS))
            .filter(|lightness| (0.0..=1.0).contains(lightness))
            .map(|lightness| Self::inside([lightness, a, b]))
            .find(is_enough)
    }

    fn luminance(self) -> f64 {
        let [r, g, b] = self.linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn linear(self) -> [f64; 3] {
        self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// Lightness and two axes of colour in which hues stay what they are when the lightness changes (Oklab).
    fn to_oklab(self) -> [f64; 3] {
        let [r, g, b] = self.linear();
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        [
            0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
            1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
            0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
        ]
    }

    /// The colour with this lightness and hue, as strong as wanted or as the screen can show.
    fn inside([lightness, a, b]: [f64; 3]) -> Self {
        let shown = |strength: f64| from_oklab([lightness, a * strength, b * strength]);
        let is_shown = |parts: [f64; 3]| parts.iter().all(|part| (-0.000_1..=1.000_1).contains(part));
        let (mut low, mut high) = (0.0, 1.0);
        if is_shown(shown(high)) {
            low = high;
        } else {
            for _ in 0..24 {
                let middle = f64::midpoint(low, high);
                if is_shown(shown(middle)) { low = middle } else { high = middle }
            }
        }
        Self(shown(low).map(encoded))
    }
}

fn from_oklab([lightness, a, b]: [f64; 3]) -> [f64; 3] {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ]
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255, since it was clamped")]
fn encoded(linear: f64) -> u8 {
    let linear = linear.clamp(0.0, 1.0);
    let part = if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    (part * 255.0).round() as u8
}

impl fmt::Display for Colour {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(out, "#{r:02x}{g:02x}{b:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::Colour;

    fn colour(written: &str) -> Colour {
        Colour::parse(written).unwrap_or_else(|| panic!("{written} is a colour"))
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((colour("#000").contrast(colour("#fff")) - 21.0).abs() < 1e-9);
        assert!((colour("#767676").contrast(colour("#ffffff")) - 4.54).abs() < 0.01);
        assert!((colour("#8a3310").contrast(colour("#fcfbf8")) - 7.92).abs() < 0.01);
    }

    #[test]
    fn colours_are_written_with_three_or_six_digits() {
        assert_eq!(colour("#1Ab").to_string(), "#11aabb");
        for wrong in ["1d5fbf", "#1d5fb", "#1d5fbg", "#é12345", "blue", ""] {
            assert_eq!(Colour::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn any_colour_becomes_readable_and_keeps_its_hue() {
        let papers = [colour("#191816"), colour("#23211e")];
        for written in ["#1d5fbf", "#8a3310", "#000000", "#00ff00", "#5b0ee5", "#ffee00", "#0000ff"] {
            let before = colour(written);
            let after = before.readable(&papers, 4.5).expect("white at the latest");
            assert!(after.worst(&papers).expect("two papers").1 >= 4.5, "{written} became {after}");
            let [_, a, b] = before.to_oklab();
            let [_, c, d] = after.to_oklab();
            if a.hypot(b) > 0.02 && c.hypot(d) > 0.02 {
                let turn = (a * d - b * c) / (a.hypot(b) * c.hypot(d));
                assert!(turn.abs() < 0.05, "{written} became {after}");
            }
        }
        assert_eq!(colour("#f0a27c").readable(&papers, 4.5), Some(colour("#f0a27c")), "what is readable stays");
        assert_eq!(colour("#888").readable(&[colour("#000"), colour("#fff")], 7.0), None);
    }
}
