//! A small mall: three classes, one of them in two levels, and what is sold in them.

use crate::{
    db::Write,
    error::Result,
    ids::{CompanyId, GoodsClassId},
    mall::{self, Draft, store},
    time::{MINUTE, Millis},
};

const COMPANY: CompanyId = CompanyId::FIRST;
const PICTURES: &str = "statics/zhugeleida/imgs/demo";

/// Name, class, price in fen, stock, status, recommend index, picture, description.
type Ware = (&'static str, usize, i64, i64, i64, i64, usize, &'static str);

const WARES: [Ware; 7] = [
    ("云杉 CRM 标准版（一年）", 1, 298_000, 200, 1, 10, 1, "客户、商机、合同一站管理，含 5 个账号与在线培训。"),
    ("云杉 CRM 团队版（一年）", 1, 698_000, 120, 1, 8, 2, "在标准版之上增加审批与报表，含 20 个账号。"),
    ("数据看板插件", 2, 59_900, 500, 1, 5, 3, "十二种图表，手机与电脑同步查看。"),
    ("短信加量包（一万条）", 2, 45_000, 999, 1, 0, 4, "验证码与通知均可使用，长期有效。"),
    ("上门实施服务（一天）", 3, 150_000, 30, 1, 6, 1, "资深顾问上门，完成部署、导入与培训。"),
    ("年度维护服务", 3, 360_000, 0, 1, 3, 2, "七天二十四小时响应，本年度名额已满。"),
    ("旧版迁移服务", 3, 88_000, 10, 4, 0, 3, "旧系统数据迁移，已停止办理。"),
];

pub fn open(w: &Write<'_>, at: Millis) -> Result<()> {
    let class = |name: &str, parent: Option<GoodsClassId>| store::classes::insert(w, COMPANY, name, parent, at);
    let software = class("软件", None)?;
    let classes =
        [software, class("软件订阅", Some(software))?, class("软件插件", Some(software))?, class("服务", None)?];
    for (place, (name, class, price_fen, inventory, status, recommend_index, picture, description)) in (0..).zip(WARES)
    {
        let picture = format!("{PICTURES}/product-{picture}.jpg");
        let draft = Draft {
            name: name.to_owned(),
            class: classes.get(class).copied(),
            price_fen,
            inventory,
            status,
            recommend_index,
            pictures: vec![picture.clone()],
            detail_pictures: vec![picture],
            description: description.to_owned(),
        };
        mall::add_at(w, COMPANY, &draft, at.plus(place * MINUTE))?;
    }
    Ok(())
}
