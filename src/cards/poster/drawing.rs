//! Draws a poster: a template filled with text, and the two pictures laid on it.

use std::fmt::Write;

use image::{
    DynamicImage, ExtendedColorType, ImageEncoder, ImageReader, Limits, RgbImage,
    codecs::png::{CompressionType, FilterType, PngEncoder},
    imageops::FilterType as Resampling,
};
use qrcode::{EcLevel, QrCode};
use resvg::{
    tiny_skia::{
        Color, FillRule, FilterQuality, Paint, PathBuilder, Pattern, Pixmap, PixmapPaint, SpreadMode, Transform,
    },
    usvg,
};

use super::lettering::{self, FAMILY, Letters, Line};
use crate::error::{Error, Result};

const TEMPLATE: &str = include_str!("template.svg");
const WIDTH: u32 = 750;
const HEIGHT: u32 = 1240;
/// The middle of the page, where most lines are centred.
const MIDDLE: f32 = 375.0;
/// The widest line.
const ROOM: f32 = 540.0;
/// Between these the person's lines are spread.
const TOP: f32 = 378.0;
const BOTTOM: f32 = 806.0;
const AVATAR: u32 = 204;
const RADIUS: f32 = 102.0;
const AVATAR_AT: (f32, f32) = (MIDDLE, 250.0);
const CODE: u32 = 216;
const CODE_AT: (i32, i32) = (220, 998);
/// Discs behind an initial.
const TONES: [&str; 5] = ["#3a74c4", "#2f8f83", "#b7791f", "#8a5fb0", "#c25b5b"];
/// Pixels a side of pictures that are decoded at all.
const LARGEST: u32 = 8000;

/// What a poster shows. Empty texts are left out.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    pub name: String,
    pub position: String,
    pub company: String,
    pub phone: String,
    /// In the salesperson's own words.
    pub saying: String,
    /// The picture's file; without one, or with one that is none, the name's initial stands there.
    pub avatar: Option<Vec<u8>>,
    /// The mini-program's code.
    pub code: Option<Vec<u8>>,
    /// What is made into a QR code while there is no other.
    pub link: String,
}

/// The poster as PNG. Takes a while: not for threads that serve.
pub fn draw(sheet: &Sheet) -> Result<Vec<u8>> {
    let letters = Letters::new()?;
    let avatar = sheet.avatar.as_deref().and_then(|bytes| square(bytes, AVATAR));
    let code = match sheet.code.as_deref().and_then(|bytes| square(bytes, CODE)) {
        Some(code) => code,
        None => link_code(&sheet.link)?,
    };
    let svg = TEMPLATE.replace("{{content}}", &content(sheet, &letters, avatar.is_none()));
    let options = usvg::Options { fontdb: lettering::fonts(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(&svg, &options).map_err(Error::internal)?;
    let mut page = Pixmap::new(WIDTH, HEIGHT).ok_or_else(|| Error::internal("no room for a poster"))?;
    resvg::render(&tree, Transform::identity(), &mut page.as_mut());
    if let Some(avatar) = avatar {
        lay_round(&mut page, &pixmap(&avatar)?);
    }
    lay_code(&mut page, &pixmap(&code)?);
    encoded(&page)
}

/// The lines of text and small marks, as SVG.
fn content(sheet: &Sheet, letters: &Letters, with_initial: bool) -> String {
    let clean = |text: &str| letters.drawable(text);
    let name = Some(clean(&sheet.name)).filter(|name| !name.is_empty()).unwrap_or_else(|| "您的顾问".to_owned());
    let mut svg = Svg::default();
    svg.line(&Line { text: "您好，很高兴认识您".into(), size: 36.0 }, MIDDLE, 62.0, "#ffffff", "middle", true);
    if with_initial {
        let initial = name.chars().next().unwrap_or('您');
        let tone = TONES[name.chars().map(|c| c as usize).sum::<usize>() % TONES.len()];
        let (x, y) = AVATAR_AT;
        svg.put(format_args!(r#"<circle cx="{x}" cy="{y}" r="{RADIUS}" fill="{tone}"/>"#));
        let initial = Line { text: initial.to_uppercase().collect(), size: 96.0 };
        svg.line(&initial, x, y - 52.0, "#ffffff", "middle", false);
    }
    let name = letters.fit(&name, ROOM, 62.0, 34.0);
    let position = letters.fit(&clean(&sheet.position), ROOM, 28.0, 22.0);
    let company = letters.wrap(&clean(&sheet.company), ROOM, 28.0, 2);
    let saying = letters.wrap(&clean(&sheet.saying), ROOM - 40.0, 24.0, 2);
    let phone = letters.fit(&clean(&sheet.phone), 360.0, 32.0, 20.0);

    // Each block with the gap above it.
    let mut blocks = vec![Block::Lines(vec![name], 0.0, "#16264a", true)];
    if !position.text.is_empty() {
        blocks.push(Block::Lines(vec![position], 16.0, "#6b7a93", false));
    }
    blocks.push(Block::Rule);
    if !company.is_empty() {
        blocks.push(Block::Lines(company, 26.0, "#2b3a57", false));
    }
    if !phone.text.is_empty() {
        blocks.push(Block::Phone(phone));
    }
    if !saying.is_empty() {
        blocks.push(Block::Lines(saying, 28.0, "#8592a8", false));
    }
    let height: f32 = blocks.iter().map(|block| block.gap() + block.height()).sum();
    let mut y = TOP + ((BOTTOM - TOP - height) / 2.0).max(0.0);
    for block in &blocks {
        y += block.gap();
        svg.block(block, letters, y);
        y += block.height();
    }

    let x = 382.0;
    svg.line(&Line { text: "长按识别二维码".into(), size: 34.0 }, x, 920.0, "#16264a", "start", true);
    svg.line(&Line { text: "查看我的名片，随时联系我".into(), size: 23.0 }, x, 978.0, "#6b7a93", "start", false);
    svg.line(&Line { text: "期待为您服务".into(), size: 23.0 }, x, 1018.0, "#6b7a93", "start", false);
    svg.put(format_args!(r##"<rect x="{x}" y="1068" width="56" height="5" rx="2.5" fill="#d9a441"/>"##));
    svg.0
}

/// A part of the person's lines.
enum Block {
    /// Lines, the gap above, the colour, whether they are bold.
    Lines(Vec<Line>, f32, &'static str, bool),
    Rule,
    Phone(Line),
}

impl Block {
    fn gap(&self) -> f32 {
        match self {
            Self::Lines(_, gap, ..) => *gap,
            Self::Rule => 24.0,
            Self::Phone(_) => 28.0,
        }
    }

    fn height(&self) -> f32 {
        match self {
            Self::Lines(lines, ..) => lines.iter().map(|line| line.size * 1.36).sum(),
            Self::Rule => 5.0,
            Self::Phone(_) => 60.0,
        }
    }
}

#[derive(Default)]
struct Svg(String);

impl Svg {
    fn put(&mut self, part: std::fmt::Arguments<'_>) {
        // Writing into a String does not fail.
        let _ = self.0.write_fmt(part);
    }

    /// A line whose letters begin at `top`.
    fn line(&mut self, line: &Line, x: f32, top: f32, colour: &str, anchor: &str, is_bold: bool) {
        let baseline = top + line.size * 0.9;
        // The font has one weight: an outline in the letters' own colour makes the other.
        let stroke = if is_bold { line.size * 0.028 } else { 0.0 };
        self.put(format_args!(
            r#"<text x="{x}" y="{baseline}" font-family="{FAMILY}" font-size="{}" text-anchor="{anchor}" fill="{colour}" stroke="{colour}" stroke-width="{stroke}" stroke-linejoin="round">{}</text>"#,
            line.size,
            escaped(&line.text)
        ));
    }

    fn block(&mut self, block: &Block, letters: &Letters, top: f32) {
        match block {
            Block::Lines(lines, _, colour, is_bold) => {
                let mut y = top;
                for line in lines {
                    self.line(line, MIDDLE, y + line.size * 0.12, colour, "middle", *is_bold);
                    y += line.size * 1.36;
                }
            }
            Block::Rule => {
                let x = MIDDLE - 28.0;
                self.put(format_args!(r##"<rect x="{x}" y="{top}" width="56" height="5" rx="2.5" fill="#d9a441"/>"##));
            }
            Block::Phone(line) => {
                let text = letters.width(&line.text, line.size);
                let width = text + 44.0 + 72.0;
                let left = MIDDLE - width / 2.0;
                self.put(format_args!(
                    r##"<rect x="{left}" y="{top}" width="{width}" height="60" rx="30" fill="#eef3fb"/><g transform="translate({} {}) scale(1.25)" fill="#1f4f9e"><path d="M5 3h4l2 5-2.5 1.800a12 12 0 0 0 5.7 5.7L16 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 5a2 2 0 0 1 2-2z"/></g>"##,
                    left + 34.0,
                    top + 15.0,
                ));
                let start = left + 36.0 + 44.0;
                self.line(line, start, top + 30.0 - line.size * 0.54, "#1f4f9e", "start", true);
            }
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The middle of a picture, as a square of `side` pixels on white; `None` when it is no picture that we read.
fn square(bytes: &[u8], side: u32) -> Option<DynamicImage> {
    let mut reader = ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST);
    limits.max_image_height = Some(LARGEST);
    limits.max_alloc = Some(256 << 20);
    reader.limits(limits);
    let picture = reader.decode().ok()?;
    Some(picture.resize_to_fill(side, side, Resampling::CatmullRom))
}

/// The link as a QR code whose modules are whole pixels.
fn link_code(link: &str) -> Result<DynamicImage> {
    let code = QrCode::with_error_correction_level(link, EcLevel::M).map_err(Error::internal)?;
    let drawn = code.render::<image::Luma<u8>>().quiet_zone(false).max_dimensions(CODE, CODE).build();
    Ok(DynamicImage::ImageLuma8(drawn))
}

fn pixmap(picture: &DynamicImage) -> Result<Pixmap> {
    let rgba = picture.to_rgba8();
    let mut map = Pixmap::new(rgba.width(), rgba.height()).ok_or_else(|| Error::internal("an empty picture"))?;
    for (pixel, image::Rgba([r, g, b, a])) in map.pixels_mut().iter_mut().zip(rgba.pixels()) {
        *pixel = resvg::tiny_skia::ColorU8::from_rgba(*r, *g, *b, *a).premultiply();
    }
    Ok(map)
}

fn lay_round(page: &mut Pixmap, avatar: &Pixmap) {
    let (x, y) = AVATAR_AT;
    let Some(circle) = PathBuilder::from_circle(x, y, RADIUS) else { return };
    // Pictures with holes stand on white.
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(Color::WHITE);
    page.fill_path(&circle, &paint, FillRule::Winding, Transform::identity(), None);
    let place = Transform::from_translate(x - RADIUS, y - RADIUS);
    paint.shader = Pattern::new(avatar.as_ref(), SpreadMode::Pad, FilterQuality::Nearest, 1.0, place);
    page.fill_path(&circle, &paint, FillRule::Winding, Transform::identity(), None);
}

fn lay_code(page: &mut Pixmap, code: &Pixmap) {
    let half = |length: u32| i32::try_from(length / 2).unwrap_or_default();
    let (x, y) = (CODE_AT.0 - half(code.width()), CODE_AT.1 - half(code.height()));
    page.draw_pixmap(x, y, code.as_ref(), &PixmapPaint::default(), Transform::identity(), None);
}

/// As PNG without transparency: there is none.
fn encoded(page: &Pixmap) -> Result<Vec<u8>> {
    let rgb: Vec<u8> = page.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
    let picture = RgbImage::from_raw(WIDTH, HEIGHT, rgb).ok_or_else(|| Error::internal("a poster of another size"))?;
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive)
        .write_image(&picture, WIDTH, HEIGHT, ExtendedColorType::Rgb8)
        .map_err(Error::internal)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        Sheet {
            name: "李娜".into(),
            position: "高级客户经理".into(),
            company: "云杉软件".into(),
            phone: "13900001001".into(),
            saying: "用心服务每一位客户".into(),
            avatar: None,
            code: None,
            link: "https://leida.example/pages/mingpian/index?uid=1&source=1".into(),
        }
    }

    #[test]
    fn a_poster_is_a_picture_whose_code_can_be_read() {
        let picture = image::load_from_memory(&draw(&sheet()).unwrap()).unwrap();
        assert_eq!((picture.width(), picture.height()), (WIDTH, HEIGHT));
        let mut prepared = rqrr::PreparedImage::prepare(picture.to_luma8());
        let read: Vec<_> = prepared.detect_grids().iter().map(|grid| grid.decode().unwrap().1).collect();
        assert_eq!(read, [sheet().link]);
    }

    #[test]
    fn whatever_a_card_says_can_be_drawn() {
        let long = "阿卜杜拉·Konstantinopolous ".repeat(9);
        for text in ["", "🎉🎉🎉", "<b>&amp;</b>\"'{{content}}", "\u{0}\u{202e}\n", &long] {
            let text = text.to_owned();
            let (name, position, company) = (text.clone(), text.clone(), text.clone());
            let sheet = Sheet { name, position, company, phone: text.clone(), saying: text, ..sheet() };
            assert!(draw(&sheet).unwrap() != draw(&super::tests::sheet()).unwrap());
        }
    }

    #[test]
    fn broken_pictures_are_left_out() {
        let plain = draw(&sheet()).unwrap();
        for bytes in [&b""[..], b"\x89PNG\r\n\x1a\nbroken", b"<svg/>", &plain[..900]] {
            let sheet = Sheet { avatar: Some(bytes.to_vec()), code: Some(bytes.to_vec()), ..sheet() };
            assert!(draw(&sheet).unwrap() == plain);
        }
        assert!(draw(&Sheet { avatar: Some(plain.clone()), ..sheet() }).unwrap() != plain);
    }
}
