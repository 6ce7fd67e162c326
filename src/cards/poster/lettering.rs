//! The poster's font: which characters it has, how wide a text is, and how a text is made to fit.

use std::sync::{Arc, OnceLock};

use resvg::usvg::fontdb::{Database, Source};
use skrifa::{
    FontRef, MetadataProvider,
    charmap::Charmap,
    instance::{LocationRef, Size},
    metrics::GlyphMetrics,
};

use crate::error::{Error, Result};

/// Noto Sans CJK SC with the characters that names are made of; see `static/fonts/README.md`. It stays in the
/// program's file: the pages that a poster needs are read when one is drawn.
static FONT: &[u8] = include_bytes!("../../../static/fonts/NotoSansCJKsc-Regular-subset.otf");
/// The font's name for itself.
pub const FAMILY: &str = "Noto Sans CJK SC";
/// Stands for a letter that the font lacks, as typesetters did it.
const MISSING: char = '〓';
const ELLIPSIS: char = '…';

/// The font as the renderer takes it; read at the first poster.
pub fn fonts() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    let load = || {
        let mut fonts = Database::new();
        fonts.load_font_source(Source::Binary(Arc::new(FONT)));
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(load))
}

/// Measures texts.
pub struct Letters {
    characters: Charmap<'static>,
    /// At one pixel.
    widths: GlyphMetrics<'static>,
}

/// A line that fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub text: String,
    pub size: f32,
}

impl Letters {
    pub fn new() -> Result<Self> {
        let font = FontRef::new(FONT).map_err(Error::internal)?;
        Ok(Self { characters: font.charmap(), widths: font.glyph_metrics(Size::new(1000.0), LocationRef::default()) })
    }

    /// What of a text can be drawn: emoji and signs that the font lacks go, letters become [`MISSING`], and any white
    /// space is one blank.
    pub fn drawable(&self, text: &str) -> String {
        let known = |c: char| self.characters.map(c).is_some_and(|glyph| glyph.to_u32() != 0);
        let mut drawn = String::with_capacity(text.len());
        for c in text.chars() {
            if c.is_whitespace() {
                if !drawn.is_empty() && !drawn.ends_with(' ') {
                    drawn.push(' ');
                }
            } else if c.is_control() {
            } else if known(c) {
                drawn.push(c);
            } else if c.is_alphanumeric() {
                drawn.push(MISSING);
            }
        }
        drawn.truncate(drawn.trim_end().len());
        drawn
    }

    /// In pixels.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        let of = |c| self.characters.map(c).and_then(|glyph| self.widths.advance_width(glyph)).unwrap_or(1000.0);
        text.chars().map(of).sum::<f32>() * size / 1000.0
    }

    /// On one line: smaller letters for a long text, and an ellipsis where those do not help either.
    pub fn fit(&self, text: &str, room: f32, largest: f32, smallest: f32) -> Line {
        let wanted = (largest * room / self.width(text, largest).max(1.0)).floor().min(largest);
        if wanted >= smallest {
            return Line { text: text.to_owned(), size: wanted };
        }
        Line { text: self.shortened(text, room, smallest), size: smallest }
    }

    /// On at most `most` lines, broken between Chinese characters or between words.
    pub fn wrap(&self, text: &str, room: f32, size: f32, most: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() && lines.len() + 1 < most {
            let end = self.line_end(rest, room, size);
            lines.push(rest[..end].trim_end().to_owned());
            rest = rest[end..].trim_start();
        }
        if !rest.is_empty() {
            lines.push(self.shortened(rest, room, size));
        }
        lines.into_iter().map(|text| Line { text, size }).collect()
    }

    /// Where a line ends at the latest, in bytes; at least one character.
    fn line_end(&self, text: &str, room: f32, size: f32) -> usize {
        let end = self.fitting(text, room, size);
        let Some(next) = text[end..].chars().next() else { return end };
        // A closing mark does not begin a line.
        if "，。、；：！？）》」』”’,.;:!?)".contains(next) {
            let before = text[..end].char_indices().next_back().map_or(0, |(place, _)| place);
            return if before > 0 { before } else { end };
        }
        let in_word = |c: char| c.is_ascii_alphanumeric();
        if !in_word(next) || !text[..end].ends_with(in_word) {
            return end;
        }
        // Words of other scripts stay whole, unless one fills the line.
        text[..end]
            .rfind(|c| !in_word(c))
            .map_or(end, |place| place + text[place..].chars().next().map_or(1, char::len_utf8))
    }

    /// How many bytes of the text fit into the room; at least one character.
    fn fitting(&self, text: &str, room: f32, size: f32) -> usize {
        let mut end = 0;
        for c in text.chars() {
            let longer = end + c.len_utf8();
            if end > 0 && self.width(&text[..longer], size) > room {
                break;
            }
            end = longer;
        }
        end
    }

    fn shortened(&self, text: &str, room: f32, size: f32) -> String {
        if self.width(text, size) <= room {
            return text.to_owned();
        }
        let kept = self.fitting(text, room - self.width("…", size), size);
        let mut shortened = text[..kept].trim_end().to_owned();
        shortened.push(ELLIPSIS);
        shortened
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters() -> Letters {
        Letters::new().unwrap()
    }

    #[test]
    fn rare_names_are_covered_and_emoji_are_left_out() {
        let letters = letters();
        for name in ["玥睿赟翀甯堃淼垚喆珺祎晖昊燊", "䶮𬭎㑇犇镕", "陳國榮", "Zoë Nguyễn", "Анна"]
        {
            assert_eq!(letters.drawable(name), name);
        }
        assert_eq!(letters.drawable("陈晨☀\u{fe0f}"), "陈晨");
        assert_eq!(letters.drawable("👩\u{200d}💻 李\u{0}\n 娜\u{202e} 🌸"), "李 娜");
        assert_eq!(letters.drawable("𪚥师"), "〓师");
        assert_eq!(letters.drawable("🎉🎉"), "");
    }

    #[test]
    fn a_long_line_gets_smaller_letters_and_then_an_ellipsis() {
        let letters = letters();
        assert_eq!(letters.fit("李娜", 540.0, 64.0, 34.0), Line { text: "李娜".into(), size: 64.0 });
        let long = letters.fit("欧阳娜娜上官婉儿司马", 540.0, 64.0, 34.0);
        assert_eq!(long, Line { text: "欧阳娜娜上官婉儿司马".into(), size: 54.0 });
        let longest = letters.fit(&"阿".repeat(40), 540.0, 64.0, 34.0);
        assert!(longest.text.ends_with("阿…") && longest.size < 34.5, "{longest:?}");
        for line in [long, longest] {
            assert!(letters.width(&line.text, line.size) <= 540.0, "{line:?}");
        }
    }

    #[test]
    fn lines_break_between_characters_or_words() {
        let letters = letters();
        let texts = |text: &str, room: f32| -> Vec<String> {
            let lines = letters.wrap(text, room, 20.0, 2);
            assert!(lines.iter().all(|line| letters.width(&line.text, 20.0) <= room), "{lines:?}");
            lines.into_iter().map(|line| line.text).collect()
        };
        assert_eq!(texts("云杉软件", 200.0), ["云杉软件"]);
        assert_eq!(texts("云杉软件科技有限公司", 120.0), ["云杉软件科技", "有限公司"]);
        assert_eq!(texts("云杉软件科技，有限公司", 120.0), ["云杉软件科", "技，有限公司"]);
        assert_eq!(texts("Spruce Software Limited", 160.0), ["Spruce Software", "Limited"]);
        assert_eq!(texts(&"云".repeat(30), 120.0), ["云云云云云云", "云云云云云…"]);
        assert_eq!(texts("", 120.0), Vec::<String>::new());
    }
}
