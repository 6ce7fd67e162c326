//! What the people of the demo say.

use serde_json::{Value, json};

use crate::{chat::Side, error::Result};

use crate::chat::Content;

/// A line of a conversation.
pub type Line = (Side, Content);

/// How many conversations there are.
pub const DIALOGUES: usize = 8;

/// One of the conversations.
pub fn dialogue(number: usize) -> Result<Vec<Line>> {
    let staff = |msg: &str| (Side::Staff, json!({ "info_type": 1, "msg": msg }));
    let customer = |msg: &str| (Side::Customer, json!({ "info_type": 1, "msg": msg }));
    let lines: Vec<(Side, Value)> = match number % DIALOGUES {
        0 => vec![
            customer("您好，想了解一下你们的客户管理系统。"),
            staff("您好！十人以内用标准版就够了，每年 3980 元。"),
            customer("可以先试用吗？"),
            staff("可以，免费试用 30 天，我今天就帮您开通。"),
            customer("好的，谢谢 👍"),
        ],
        1 => vec![
            (Side::Customer, consultation("云杉 CRM 企业版", "19800-49800元/年", 2)),
            staff("企业版按部门数量报价，方便说一下贵公司的规模吗？"),
            customer("三个部门，大概四十人。"),
            (Side::Staff, json!({ "info_type": 3, "msg": "电话" })),
            customer("可以加我微信，电话不太方便接。"),
            staff("没问题，我把方案整理好发给您。"),
        ],
        2 => vec![
            customer("这是我们现在用的表格，能导入吗？"),
            (Side::Customer, json!({ "info_type": 4, "url": "statics/zhugeleida/imgs/demo/product-3.jpg" })),
            staff("可以的，Excel 和 CSV 都能直接导入，重复的客户会自动合并。"),
            customer("那太好了"),
        ],
        3 => vec![
            staff("您好，上周发您的方案看过了吗？"),
            customer("看了，内部还在讨论，下周给您答复。"),
            staff("好的，有任何问题随时联系我 😊"),
        ],
        4 => vec![
            (Side::Staff, json!({ "info_type": 6 })),
            customer("收到，我看看。"),
            customer("标准版现在下单有优惠吗？"),
        ],
        5 => vec![
            (Side::Customer, consultation("数据看板定制", "12000元起", 4)),
            customer("看板能接我们自己的数据库吗？"),
            staff("可以，常见的数据库都支持，数据不出您的服务器。"),
            (Side::Staff, json!({ "info_type": 4, "url": "statics/zhugeleida/imgs/demo/product-1.jpg" })),
            customer("很直观，发我一份报价吧。"),
        ],
        6 => vec![
            customer("周末有人值班吗？"),
            staff("周末有值班同事，回复会稍慢一些，请您谅解。"),
            customer("明白了。"),
        ],
        _ => vec![staff("这周二晚上八点有一场线上公开课，主题是客户跟进，欢迎参加。"), customer("有回放吗？")],
    };
    lines.into_iter().map(|(side, content)| Ok((side, Content::from_wire(Some(&content), None, side)?))).collect()
}

fn consultation(name: &str, price: &str, picture: usize) -> Value {
    json!({
        "info_type": 2,
        "product_name": name,
        "product_price": price,
        "product_cover_url": format!("statics/zhugeleida/imgs/demo/product-{picture}.jpg"),
    })
}

/// What salespeople write down after talking to a customer.
pub const FOLLOW_UPS: [&str; 8] = [
    "电话沟通，客户对试用感兴趣，约下周演示。",
    "已发送标准版报价单。",
    "客户内部评估中，两周后再联系。",
    "线上演示完成，客户关心权限设置。",
    "介绍了企业微信接入流程，客户希望先小范围试点。",
    "发送了同行业案例两份。",
    "客户提出导入旧数据的需求，已答复可以。",
    "合同条款确认，等客户盖章。",
];

/// What customers work for, and as what.
pub const EMPLOYERS: [(&str, &str); 8] = [
    ("明德教育咨询有限公司", "教务主任"),
    ("和润食品贸易有限公司", "采购经理"),
    ("长风物流有限公司", "运营总监"),
    ("青竹建筑设计事务所", "合伙人"),
    ("安禾健康管理有限公司", "市场负责人"),
    ("新程旅行社", "门店经理"),
    ("博雅印务有限公司", "总经理"),
    ("晨光家居有限公司", "销售主管"),
];
