//! How the team of the demo company is set up: roles, the menu, labels on the cards, feedback, scripts.

use rusqlite::Connection;
use serde_json::json;

use super::store;
use crate::{
    cards::store::{feedback, own},
    db::Write,
    error::{Error, Result},
    identity::{self, PermissionForm, Staff},
    ids::{CompanyId, PermissionId, RoleId, StaffId},
    scripts,
    time::{HOUR, Millis},
};

const DAY: i64 = 24 * HOUR;

/// Title, path, icon, and the entries below.
type Menu = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const MENU: [Menu; 4] = [
    ("雷达", "/radar", "radar", &[("访问日志", "/radar/log"), ("行为统计", "/radar/count")]),
    ("客户", "/customer", "people", &[("通讯录", "/customer/book"), ("客户标签", "/customer/tag")]),
    ("聊天", "/chat", "chat", &[("话术库", "/chat/script")]),
    ("我的", "/mine", "person", &[("我的名片", "/mine/card"), ("团队管理", "/mine/team")]),
];

/// By the place among the staff.
const LABELS: [&[&str]; 5] = [
    &["靠谱人士", "有问必答", "云杉五年"],
    &["技术出身", "方案专家"],
    &["公开课讲师", "爱读书"],
    &["华东通", "马拉松爱好者"],
    &["当天回复", "细心"],
];

/// Group, who looks after it (place among the staff), its scripts and how often each was sent.
type Scripts = (&'static str, usize, &'static [(&'static str, i64)]);

const SCRIPTS: [Scripts; 3] = [
    (
        "初次问候",
        0,
        &[
            ("您好，我是云杉软件的客户顾问，很高兴认识您，请问您的团队现在怎样管理客户？", 18),
            ("感谢您查看我的名片，有任何问题都可以在这里问我。", 26),
        ],
    ),
    (
        "产品介绍",
        1,
        &[
            ("标准版适合十人以内的团队，注册后当天就能使用，前 30 天免费。", 12),
            ("企业版支持多部门协作与报表，也可以部署在您自己的服务器上。", 7),
            ("接入企业微信大约需要两周，包含员工培训。", 4),
        ],
    ),
    ("售后回访", 4, &[("您好，系统用得还顺利吗？这周想约您十分钟，听听您的建议。", 9)]),
];

/// Sets the team up. 张伟 has role 1, 王芳 role 2, all others only read.
pub fn set_up(w: &Write<'_>, staff: &[StaffId], founded: Millis, now: Millis) -> Result<()> {
    let company = CompanyId::FIRST;
    let at = |place| at(staff, place);
    for (place, role) in [(1, RoleId::SUPER), (2, RoleId::ADMIN)] {
        store::set_role(w, at(place)?, role)?;
    }
    for (order, (title, path, icon, below)) in (1..).zip(MENU) {
        let parent = entry(w, title, path, Some(icon), None, order, founded)?;
        for (order, (title, path)) in (1..).zip(below) {
            entry(w, title, path, None, Some(parent), order, founded)?;
        }
    }
    for (place, names) in LABELS.iter().enumerate() {
        let owner = Staff { id: at(place)?, company, role: RoleId::ORDINARY };
        for name in *names {
            own::insert_label(w, owner, name, founded.plus(HOUR))?;
        }
    }
    for (minutes, (name, place, texts)) in (0..).zip(SCRIPTS) {
        let group = scripts::store::insert_group(w, company, name, at(place)?, founded.plus(minutes * HOUR))?;
        for (minutes, (text, uses)) in (0..).zip(texts) {
            store::insert_script(w, company, group, text, *uses, founded.plus(DAY + minutes * HOUR))?;
        }
    }
    complain(w, company, staff, now)
}

fn at(staff: &[StaffId], place: usize) -> Result<StaffId> {
    staff.get(place).copied().ok_or_else(|| Error::internal("the cast is too small"))
}

fn entry(
    conn: &Connection,
    title: &str,
    path: &str,
    icon: Option<&str>,
    parent: Option<PermissionId>,
    order: i64,
    at: Millis,
) -> Result<PermissionId> {
    let form = PermissionForm {
        path: path.to_owned(),
        icon: icon.map(ToOwned::to_owned),
        title: title.to_owned(),
        parent: None,
        order,
    };
    identity::store::permissions::insert(conn, CompanyId::FIRST, &form, parent, at)
}

/// Three messages to the makers, one of them dealt with.
fn complain(conn: &Connection, company: CompanyId, staff: &[StaffId], now: Millis) -> Result<()> {
    let messages = [
        (0, 3, 2, "希望话术可以按使用次数排序，常用的就能排在前面。", None),
        (3, 2, 1, "昨天下午雷达提醒晚到了几分钟，请帮忙看一下。", Some("13800138014")),
        (4, 1, 1, "想请客服给新同事做一次线上培训，谢谢。", None),
    ];
    for (age, (place, kind, status, text, phone)) in (0..).zip(messages).map(|(n, message)| (9 - 3 * n, message)) {
        let mut blocks = vec![json!({ "type": "content", "data": text })];
        blocks.extend(phone.map(|phone| json!({ "type": "phone", "data": phone })));
        let owner = Staff { id: at(staff, place)?, company, role: RoleId::ORDINARY };
        let id = feedback::insert(conn, owner, kind, &json!(blocks).to_string(), now.plus(-age * DAY))?;
        feedback::set_status(conn, Some(company), id, status)?;
    }
    Ok(())
}
