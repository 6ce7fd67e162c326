//! The cases of the demo company: how its clients began to work with the CRM, told in diaries, and what customers did
//! with them.

use serde_json::json;

use super::store;
use crate::{
    app::App,
    cases::{self, CaseDraft, DiaryDraft, PASSED, PUBLISHED, UNPUBLISHED, WAITING, store as shelves},
    db::Write,
    error::{Error, Result},
    identity::Customer,
    ids::{CaseId, CaseTagId, CompanyId, CustomerId, DiaryId},
    time::{HOUR, MINUTE, Millis},
};

const DAY: i64 = 24 * HOUR;

const TAGS: [&str; 7] = ["教育培训", "贸易流通", "物流运输", "专业服务", "企业微信接入", "旧数据导入", "移动办公"];

/// A client: the name, its tags, whether it may be told, and the diaries.
struct Client {
    name: &'static str,
    tags: &'static [usize],
    is_published: bool,
    diaries: &'static [Entry],
}

/// Days after the company's founding, the title, the text.
type Entry = (i64, &'static str, &'static str);

const CLIENTS: [Client; 6] = [
    Client {
        name: "明德教育咨询有限公司",
        tags: &[0, 4],
        is_published: true,
        diaries: &[
            (2, "第一天：把报名表请进系统", "教务处的三张表格合成了一份名单，重复的学员自动合并，老师们当天就用上了。"),
            (5, "第一周：每位学员都有人跟进", "咨询老师在企业微信里打标签、写跟进，交接班不再靠便签。"),
            (16, "第三周：试听转化看得见", "看板显示周末试听的转化最高，校区因此调整了排课。"),
            (32, "满月小结", "漏跟的咨询从每周十几条降到个位数，感谢明德的老师们认真反馈。"),
        ],
    },
    Client {
        name: "和润食品贸易有限公司",
        tags: &[1, 5],
        is_published: true,
        diaries: &[
            (4, "六年的客户表格搬家记", "四千多行历史客户一次导入，字段对照花了一个下午，核对无误。"),
            (9, "采购与销售看同一份资料", "报价、样品和回款记录放在一起，内部沟通少走了许多弯路。"),
            (27, "旺季前的演练", "和润的同事按大促节奏演练了一遍，提出的三条建议我们都已采纳。"),
        ],
    },
    Client {
        name: "长风物流有限公司",
        tags: &[2, 6],
        is_published: true,
        diaries: &[
            (7, "司机也能用的手机端", "界面只留三个按钮，培训用了二十分钟。"),
            (11, "回单拍照，当场归档", "回单照片直接挂在客户名下，月底对账不再翻箱倒柜。"),
            (20, "夜班交接", "夜班的询价第二天一早就在负责人的待办里。"),
            (30, "两个网点接入", "无锡与嘉兴网点同一天上线，过程平稳。"),
            (41, "四十天回访", "客户回访响应由一天缩短到两小时，感谢长风的信任。"),
        ],
    },
    Client {
        name: "青竹建筑设计事务所",
        tags: &[3],
        is_published: true,
        diaries: &[
            (13, "项目周期长，跟进不能断", "按项目阶段设置提醒，半年前的老客户也不会忘记问候。"),
            (29, "方案与客户放在一起", "图纸链接、会议纪要都在客户页里，新同事半天就能接手。"),
        ],
    },
    Client {
        name: "安禾健康管理有限公司",
        tags: &[3, 4, 6],
        is_published: true,
        diaries: &[
            (18, "隐私放在第一位", "先做权限：谁能看、谁能改，与安禾逐条确认后才开始录入。"),
            (25, "温和的提醒", "复查提醒由顾问确认后发送，不打扰客户。"),
            (39, "口碑带来的新客户", "转介绍的来源一目了然，顾问们第一次看清了口碑的分量。"),
        ],
    },
    Client {
        name: "新程旅行社",
        tags: &[4],
        is_published: false,
        diaries: &[
            (36, "需求访谈", "门店经理介绍了淡旺季的不同做法，我们整理成了两套流程。"),
            (43, "试点门店上线", "先从一家门店开始，运行两周后再推广。"),
        ],
    },
];

/// What customers said below the diaries: the client, the diary, whether it has been passed.
const COMMENTS: [(usize, usize, &str, bool); 8] = [
    (0, 0, "我们学校也在用表格，看完很有启发。", true),
    (0, 3, "请问多校区可以分开统计吗？", true),
    (1, 0, "导入旧数据一直是我们的顾虑，谢谢分享。", true),
    (2, 1, "回单拍照这个功能太实用了👍", true),
    (2, 4, "两小时响应，佩服！", false),
    (3, 0, "设计行业确实周期长，期待后续。", true),
    (4, 0, "重视隐私的做法很安心。", true),
    (4, 2, "转介绍的数据能导出吗？", false),
];

/// The cases as they stand after a month.
pub fn fill(w: &Write<'_>, app: &App, founded: Millis, now: Millis) -> Result<()> {
    let company = CompanyId::FIRST;
    let mut tags = Vec::new();
    for (number, name) in (0..).zip(TAGS) {
        tags.push(shelves::tags::insert(w, company, name, founded.plus(number * MINUTE))?);
    }
    let mut written = Vec::new();
    for (number, client) in (1..).zip(&CLIENTS) {
        written.push(tell(w, number, client, &tags, founded, now)?);
    }
    receive(w, app, &tags, &written, now)
}

/// Writes one case and its diaries.
fn tell(
    w: &Write<'_>,
    number: usize,
    client: &Client,
    tags: &[CaseTagId],
    founded: Millis,
    now: Millis,
) -> Result<(CaseId, Vec<DiaryId>)> {
    let company = CompanyId::FIRST;
    let picture = |n: usize| format!("statics/zhugeleida/imgs/demo/product-{}.jpg", n % 4 + 1);
    let status = Some(if client.is_published { PUBLISHED } else { UNPUBLISHED });
    let draft = CaseDraft {
        avatar: Some(picture(number)),
        cover_picture: Some(json!([picture(number)]).to_string()),
        status,
        ..CaseDraft::default()
    };
    let first = client.diaries.first().map_or(0, |entry| entry.0);
    let case = shelves::cases::insert(w, company, client.name, &draft, founded.plus(first * DAY - HOUR))?;
    let own: Vec<CaseTagId> = client.tags.iter().filter_map(|place| tags.get(*place).copied()).collect();
    shelves::cases::set_tags(w, company, case, &own)?;
    let mut diaries = Vec::new();
    for (place, (day, title, text)) in client.diaries.iter().enumerate() {
        let at = founded.plus(day * DAY + 8 * HOUR).min(now);
        let blocks = json!([
            { "type": "content", "data": [text] },
            { "type": "picture_url", "data": [picture(number + place)] },
        ]);
        let draft = DiaryDraft {
            written_at: Some(at),
            cover_picture: Some(json!([picture(number + place)]).to_string()),
            content: Some(blocks.to_string()),
            status: Some(PUBLISHED),
            ..DiaryDraft::default()
        };
        diaries.push(shelves::diaries::insert(w, company, case, title, &draft, at)?);
        shelves::cases::touch(w, company, case, at)?;
    }
    Ok((case, diaries))
}

/// Customers look around; the last of them just now, which shows on the radar.
fn receive(
    w: &Write<'_>,
    app: &App,
    tags: &[CaseTagId],
    written: &[(CaseId, Vec<DiaryId>)],
    now: Millis,
) -> Result<()> {
    let company = CompanyId::FIRST;
    let customers = store::first_visitors(w, company, 14)?;
    let customer = |place: usize| -> Result<Customer> {
        let id: Option<&CustomerId> = customers.get(place % customers.len().max(1));
        Ok(Customer { id: *id.ok_or_else(|| Error::internal("nobody has come"))?, company })
    };
    let told: Vec<_> =
        written.iter().zip(&CLIENTS).filter(|(_, client)| client.is_published).map(|(it, _)| it).collect();
    for place in 0..12 {
        let (who, at) = (customer(place)?, now.plus(-(26 - 2 * i64::try_from(place).unwrap_or_default()) * HOUR));
        if let Some(tag) = tags.get([0, 1, 2, 0, 4, 5, 0, 4, 6, 2, 3, 4][place]) {
            shelves::tags::note_search(w, who, *tag, at)?;
        }
        for step in 0..=place % 3 {
            let Some((case, diaries)) = told.get((place + step) % told.len()) else { continue };
            let at = at.plus(i64::try_from(step).unwrap_or_default() * 3 * MINUTE);
            cases::visit_at(w, who, *case, at)?;
            for diary in diaries.iter().take(1 + place % 4) {
                shelves::diaries::count_reading(w, who.id, *diary)?;
                if (place + step) % 2 == 0 {
                    cases::praise_at(w, who, *diary, at.plus(MINUTE))?;
                }
            }
            if (place + step) % 3 == 0 {
                cases::collect_at(w, who, *case, true, at.plus(2 * MINUTE))?;
            }
        }
    }
    for (place, (client, diary, words, is_passed)) in COMMENTS.into_iter().enumerate() {
        let Some(diary) = written.get(client).and_then(|(_, diaries)| diaries.get(diary)) else { continue };
        let hours = 12 - i64::try_from(place).unwrap_or_default();
        let status = if is_passed { PASSED } else { WAITING };
        cases::comment_at(w, customer(place)?, *diary, words, status, now.plus(-hours * HOUR))?;
    }
    for place in 0..3 {
        if let Some(diary) = told.get(place).and_then(|(_, diaries)| diaries.first()) {
            cases::read_at(w, app, customer(place)?, None, *diary, now)?;
        }
    }
    Ok(())
}
