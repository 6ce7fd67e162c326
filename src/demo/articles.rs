//! Articles of the demo company, with an activity, a card and a good, their comments, and one that went from hand to
//! hand over six levels.

use serde_json::json;

use crate::{
    app::App,
    articles::{self, Ad, Draft, Visit},
    clean,
    db::Write,
    error::{Error, Result},
    identity::Customer,
    ids::{AdminId, ArticleId, ArticleTagId, CompanyId, CustomerId, StaffId},
    plugins::{self, ActivityFields, CardFields, GoodsContent, GoodsOffer},
    products::Block,
    time::{HOUR, Millis, SECOND},
};

const PICTURES: &str = "statics/zhugeleida/imgs/demo";

const TAGS: [(&str, i64); 4] = [("客户管理", 30), ("企业微信", 45), ("数据看板", 60), ("客户案例", 90)];

/// Title, summary, places of the tags, status.
const ARTICLES: [(&str, &str, &[usize], i64); 6] = [
    ("客户跟进的五个习惯", "每天十分钟，让客户记得您。", &[0], 1),
    ("小团队怎样用好企业微信", "从建群到分工，三步理清。", &[0, 1], 1),
    ("一张表看懂销售漏斗", "哪一步流失最多，一眼可见。", &[2], 1),
    ("公开课预告：把老客户服务好", "本月公开课开放报名，欢迎参加。", &[0], 1),
    ("青松机械的数字化第一年", "二十人的销售团队怎样告别表格。", &[2, 3], 1),
    ("云杉 CRM 新版本说明（草稿）", "新版本的十项改进。", &[1], 2),
];

/// Who passes the first article to whom: reader, and the reader whose link it was, by their places in the cast; seconds
/// they stayed, and whether they passed it on.
const HANDS: [(usize, Option<usize>, i64, bool); 24] = [
    (35, None, 95, true),
    (1, None, 40, true),
    (4, Some(35), 120, true),
    (6, Some(35), 20, false),
    (9, Some(1), 65, true),
    (13, Some(4), 50, true),
    (15, Some(9), 35, false),
    (20, Some(13), 80, false),
    (36, None, 75, true),
    (38, Some(36), 130, true),
    (18, Some(38), 45, true),
    (26, Some(38), 15, false),
    (31, Some(18), 60, true),
    (34, Some(31), 25, false),
    (11, Some(1), 110, true),
    (14, Some(11), 55, true),
    (22, Some(11), 30, false),
    (29, Some(14), 90, false),
    (5, Some(9), 10, false),
    (17, Some(13), 140, true),
    (23, Some(17), 20, true),
    (25, Some(23), 70, false),
    (33, None, 5, false),
    (10, Some(4), 35, false),
];

const COMMENTS: [(usize, usize, &str, i64); 5] = [
    (0, 35, "第三个习惯很实用，已经转给同事了。", 1),
    (0, 4, "请问有配套的跟进表格吗？", 1),
    (0, 13, "写得很清楚，谢谢分享。", 0),
    (1, 1, "我们五个人的团队正好用得上。", 1),
    (3, 9, "公开课有回放吗？", 0),
];

const SIGN_UPS: [(usize, &str, &str, &str); 3] = [
    (35, "柏林", "13900000201", "想了解老客户续约的做法。"),
    (4, "赵一鸣", "13900000202", "我们三个人一起参加。"),
    (9, "冯静怡", "13900000203", "请提前发一下资料，谢谢。"),
];

/// All of it happens now, after the story; the articles were written before.
pub fn fill(w: &Write<'_>, app: &App, author: AdminId, staff: &[StaffId], now: Millis) -> Result<()> {
    let company = CompanyId::FIRST;
    let written = now.plus(-20 * 24 * HOUR);
    let ads = plug(w, company, author, written)?;
    let mut tags = Vec::new();
    for (name, seconds) in TAGS {
        tags.push(articles::add_tag_at(w, company, name, seconds, written)?);
    }
    let mut ids = Vec::new();
    for (number, article) in ARTICLES.iter().enumerate() {
        let ad = Ad::parse(Some(ads.get(number).map_or("", String::as_str)))?;
        let days = i64::try_from(number).unwrap_or_default();
        let draft = draft(article, number, ad, &tags)?;
        ids.push(articles::add_at(w, app, company, author, &draft, written.plus(days * 24 * HOUR))?);
    }
    let owner = *staff.first().ok_or_else(|| nobody("salesperson"))?;
    spread(w, app, owner, at(&ids, 0)?, now)?;
    let lesson = at(&ids, 3)?;
    let activity = articles::store::desk::glance(w, company, lesson)?.and_then(|article| article.activity);
    for (place, name, phone, message) in SIGN_UPS {
        let by = customer(w, place)?;
        let visit = Visit { article: lesson, staff: Some(owner), parent: None, level: None };
        articles::read_at(w, app, by, visit, now)?;
        let form = plugins::Form {
            name: name.to_owned(),
            phone: phone.to_owned(),
            leave_message: message.to_owned(),
            staff: Some(owner),
        };
        let activity = activity.ok_or_else(|| nobody("activity"))?;
        plugins::sign_up_at(w, app, company, Some(by.id), activity, &form, now)?;
    }
    for (article, place, text, status) in COMMENTS {
        let comment = articles::comment_at(w, customer(w, place)?, at(&ids, article)?, text, now)?;
        if status == 1 {
            articles::set_comment_status(w, company, comment, status)?;
        }
    }
    Ok(())
}

fn spread(w: &Write<'_>, app: &App, staff: StaffId, article: ArticleId, now: Millis) -> Result<()> {
    for (place, parent, seconds, passes_on) in HANDS {
        let by = customer(w, place)?;
        let parent = parent.map(|parent| customer(w, parent)).transpose()?.map(|parent| parent.id);
        let visit = Visit { article, staff: Some(staff), parent, level: None };
        let Some(reading) = articles::read_at(w, app, by, visit, now)? else { continue };
        // The page was open that long before; each sign of life counts a few seconds at most.
        let reader = articles::store::readers::opened(w, reading, article, by.id)?.and_then(|opened| opened.reader);
        articles::store::readers::add_stay(w, reading, reader, seconds * SECOND, now)?;
        if passes_on {
            articles::forward_at(w, app, by, staff, visit, place % 2 == 0, now)?;
        }
    }
    Ok(())
}

/// A card, an activity and a good; what each article shows.
fn plug(w: &Write<'_>, company: CompanyId, author: AdminId, now: Millis) -> Result<Vec<String>> {
    let text = |text: &str| text.to_owned();
    let card = CardFields {
        name: text("客服名片"),
        username: text("云杉客服"),
        avatar: format!("{PICTURES}/card-5.jpg"),
        phone: text("02155550000"),
        webchat_code: format!("{PICTURES}/card-1.jpg"),
        position: text("客户服务"),
    };
    let card = plugins::add_card_at(w, company, author, &card, now)?;
    let activity = ActivityFields {
        title: text("本月公开课"),
        ad_slogan: text("一小时讲透老客户服务"),
        sign_up_button: text("立即报名"),
        introduce: text("线上直播，报名后发送链接。"),
        leave_message: text("您最想听什么？"),
        skip_link: String::new(),
        is_phone_code_wanted: false,
    };
    let activity = plugins::add_activity_at(w, company, author, &activity, now)?;
    let content = GoodsContent {
        goods_data: vec![GoodsOffer {
            price: 3980.0,
            introduce: text("云杉 CRM 标准版，一年"),
            inventory_num: 100,
            person_limit_num: 2,
        }],
        cover_data: vec![Block { kind: text("picture_url"), data: vec![format!("{PICTURES}/product-1.jpg")] }],
    };
    let goods = plugins::add_goods_at(w, company, author, "云杉 CRM 标准版", &content, now)?;
    let own_card = json!({ "mingpian": true, "type": "mingpian" });
    let ads = [
        own_card.clone(),
        json!({ "type": "mingpian", "id": card.0 }),
        own_card,
        json!({ "type": "baoming", "id": activity.0 }),
        json!({ "type": "goods", "id": goods.0 }),
    ];
    Ok(ads.iter().map(ToString::to_string).collect())
}

fn draft(article: &(&str, &str, &[usize], i64), number: usize, ad: Ad, tags: &[ArticleTagId]) -> Result<Draft> {
    let (title, summary, places, status) = *article;
    let picture = format!("{PICTURES}/product-{}.jpg", number % 4 + 1);
    let content = if number == 2 {
        json!({
            "cover_data": [{ "type": "picture_url", "data": [picture] }],
            "article_data": [
                { "type": "title", "data": [title] },
                { "type": "content", "data": ["从线索到签约分为五步，每步记下人数，流失一看便知。"] },
            ],
        })
        .to_string()
    } else {
        format!(
            "<h2>{title}</h2><p>{summary}</p><p><img src=\"{picture}\"></p>\
             <p>欢迎把您的做法告诉我们，每一条留言我们都会认真阅读。</p>"
        )
    };
    Ok(Draft {
        title: title.to_owned(),
        summary: summary.to_owned(),
        cover: picture,
        content: clean::content(&content)?,
        ad,
        tags: Some(places.iter().filter_map(|place| tags.get(*place).copied()).collect()),
        status: Some(status),
        source: None,
    })
}

/// The cast arrives in its order in an empty database.
fn customer(w: &Write<'_>, place: usize) -> Result<Customer> {
    let company = CompanyId::FIRST;
    let id = CustomerId(i64::try_from(place).unwrap_or_default() + 1);
    articles::store::readers::has_name(w, company, id)?.ok_or_else(|| nobody("customer"))?;
    Ok(Customer { id, company })
}

fn at(ids: &[ArticleId], place: usize) -> Result<ArticleId> {
    ids.get(place).copied().ok_or_else(|| nobody("article"))
}

fn nobody(what: &str) -> Error {
    Error::internal(format!("no such {what} in the demo"))
}
