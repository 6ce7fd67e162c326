//! The sandbox's fixed accounts, used by the demo data and by tests. None of them is real.

use crate::weixin::{self, Account, CorpApp, Secret};

/// A company in Work WeChat.
#[derive(Debug)]
pub struct Corp {
    /// `ww…`
    pub corp_id: &'static str,
    /// Secret of the contacts (通讯录).
    pub contacts_secret: &'static str,
    /// Number of the AI雷达 application.
    pub radar_agent_id: i64,
    /// Secret of the AI雷达 application.
    pub radar_secret: &'static str,
    /// The first is the company itself.
    pub departments: &'static [Department],
    /// Its people.
    pub members: &'static [Member],
}

/// A department.
#[derive(Debug)]
pub struct Department {
    /// 1 is the company itself.
    pub id: i64,
    /// Display name.
    pub name: &'static str,
    /// 0 for the company itself.
    pub parent_id: i64,
}

/// A member of a company.
#[derive(Debug)]
pub struct Member {
    /// Also the first part of the person's login codes.
    pub userid: &'static str,
    /// Display name.
    pub name: &'static str,
    /// Ids of departments.
    pub department: &'static [i64],
    /// Job title.
    pub position: &'static str,
    /// Mobile number.
    pub mobile: &'static str,
    /// 1 male, 2 female.
    pub gender: i64,
    /// E-mail address.
    pub email: &'static str,
}

/// A mini-program or an official account with its own secret.
#[derive(Debug)]
pub struct Own {
    /// `wx…`
    pub app_id: &'static str,
    /// Its secret.
    pub secret: &'static str,
}

/// A third-party platform.
#[derive(Debug)]
pub struct Platform {
    /// `wx…`
    pub app_id: &'static str,
    /// Its secret.
    pub secret: &'static str,
    /// The one `component_verify_ticket` that is good.
    pub ticket: &'static str,
    /// Signs what WeChat pushes to the platform.
    pub token: &'static str,
    /// Seals what WeChat pushes to the platform.
    pub aes_key: &'static str,
}

/// A merchant of WeChat Pay.
#[derive(Debug)]
pub struct Merchant {
    /// 商户号
    pub mch_id: &'static str,
    /// 商户秘钥
    pub key: &'static str,
    /// Whose customers may pay to it.
    pub app_ids: &'static [&'static str],
}

/// An account that is authorised to a platform.
#[derive(Debug)]
pub struct Authorised {
    /// `wx…`
    pub app_id: &'static str,
    /// Whom it is authorised to.
    pub platform: &'static Platform,
    /// From the authorisation.
    pub refresh_token: &'static str,
}

/// What WeChat tells of an account whose owner may authorise it to a platform.
#[derive(Debug)]
pub struct Profile {
    /// `wx…`
    pub app_id: &'static str,
    /// To which platform.
    pub platform: &'static Platform,
    /// `gh_…`
    pub original_id: &'static str,
    /// Display name.
    pub nickname: &'static str,
    /// The firm that owns it.
    pub principal: &'static str,
    /// Service categories, each with the numbers of both names; official accounts have none.
    pub categories: &'static [(&'static str, i64, &'static str, i64)],
}

impl Corp {
    /// Credentials of the contacts.
    #[must_use]
    pub fn contacts(&self) -> CorpApp {
        CorpApp { corp_id: self.corp_id.to_owned(), secret: Secret::from(self.contacts_secret) }
    }

    /// Credentials of the AI雷达 application.
    #[must_use]
    pub fn radar(&self) -> CorpApp {
        CorpApp { corp_id: self.corp_id.to_owned(), secret: Secret::from(self.radar_secret) }
    }
}

impl Merchant {
    /// The merchant for the client, paid to by the first of its apps.
    #[must_use]
    pub fn merchant(&self) -> weixin::Merchant {
        weixin::Merchant {
            app_id: self.app_ids.first().copied().unwrap_or_default().to_owned(),
            mch_id: self.mch_id.to_owned(),
            key: Secret::from(self.key),
            certificate: None,
        }
    }
}

impl Own {
    /// The account for the client.
    #[must_use]
    pub fn app(&self) -> Account {
        Account::Own { app_id: self.app_id.to_owned(), secret: Secret::from(self.secret) }
    }

    /// Who logs in here with a code that begins with `person.`.
    #[must_use]
    pub fn openid(&self, person: &str) -> String {
        super::state::openid(self.app_id, person)
    }
}

impl Authorised {
    /// The account for the client.
    #[must_use]
    pub fn app(&self) -> Account {
        Account::Authorised {
            app_id: self.app_id.to_owned(),
            component: self.platform.component(),
            refresh_token: Secret::from(self.refresh_token),
        }
    }
}

impl Platform {
    /// The platform for the client.
    #[must_use]
    pub fn component(&self) -> weixin::Component {
        weixin::Component {
            app_id: self.app_id.to_owned(),
            secret: Secret::from(self.secret),
            ticket: Secret::from(self.ticket),
        }
    }
}

/// 云杉软件, with Li Na, Zhang Wei, Wang Fang, Liu Yang, Chen Jie, Yang Fan.
pub const FIRST_CORP: Corp = Corp {
    corp_id: "ww5a1d6e0f27c3b984",
    contacts_secret: "sandbox-contacts-secret-of-the-first-corp-1",
    radar_agent_id: 1_000_002,
    radar_secret: "sandbox-radar-secret-of-the-first-company-1",
    departments: &[
        department(1, "云杉软件", 0),
        department(2, "销售部", 1),
        department(3, "市场部", 1),
        department(4, "客户服务部", 1),
        department(5, "华东组", 2),
    ],
    members: &[
        member("lina", "李娜", &[2], "销售经理", "13800138001", 2, "lina@yunshan.example"),
        member("zhangwei", "张伟", &[2, 5], "销售顾问", "13800138002", 1, "zhangwei@yunshan.example"),
        member("wangfang", "王芳", &[3], "市场专员", "13800138003", 2, "wangfang@yunshan.example"),
        member("liuyang", "刘洋", &[5], "区域主管", "13800138004", 1, "liuyang@yunshan.example"),
        member("chenjie", "陈洁", &[4], "客户经理", "13800138005", 2, "chenjie@yunshan.example"),
        member("yangfan", "杨帆", &[1], "总经理", "13800138006", 1, "yangfan@yunshan.example"),
    ],
};

/// 青禾家居, with Zhao Min, Sun Li, Zhou Jie, Wu Lei, Zheng Xin.
pub const SECOND_CORP: Corp = Corp {
    corp_id: "wwc94e72b8a05d163f",
    contacts_secret: "sandbox-contacts-secret-of-the-second-corp2",
    radar_agent_id: 1_000_005,
    radar_secret: "sandbox-radar-secret-of-the-second-company2",
    departments: &[department(1, "青禾家居", 0), department(2, "门店部", 1), department(3, "设计部", 1)],
    members: &[
        member("zhaomin", "赵敏", &[2], "店长", "13800138051", 2, "zhaomin@qinghe.example"),
        member("sunli", "孙丽", &[2], "导购顾问", "13800138052", 2, "sunli@qinghe.example"),
        member("zhoujie", "周杰", &[3], "设计师", "13800138053", 1, "zhoujie@qinghe.example"),
        member("wulei", "吴磊", &[3], "设计总监", "13800138054", 1, "wulei@qinghe.example"),
        member("zhengxin", "郑欣", &[1], "总经理", "13800138055", 2, "zhengxin@qinghe.example"),
    ],
};

/// Both companies.
pub const CORPS: [&Corp; 2] = [&FIRST_CORP, &SECOND_CORP];

/// The first company's mini-program.
pub const FIRST_MINI: Own = Own { app_id: "wx3c7e19d05ab2468f", secret: "0123456789abcdef5a1d6e0f27c3b984" };

/// The second company's mini-program.
pub const SECOND_MINI: Own = Own { app_id: "wx8f20b6d4e17c935a", secret: "0123456789abcdefc94e72b8a05d163f" };

/// The first company's official account.
pub const FIRST_OFFICIAL: Own = Own { app_id: "wx1e94b7a3d06c528f", secret: "0123456789abcdef1e94b7a3d06c528f" };

/// Signs what WeChat pushes to us for the first company's official account.
pub const FIRST_OFFICIAL_TOKEN: &str = "sandboxfirstofficialtoken";

/// Seals what WeChat pushes to us for the first company's official account.
pub const FIRST_OFFICIAL_AES_KEY: &str = "sandboxAESkeyOfTheFirstCompanysOfficialAcc0";

/// The mini-programs with a secret of their own.
pub const MINIS: [&Own; 2] = [&FIRST_MINI, &SECOND_MINI];

/// The official accounts with a secret of their own.
pub const OFFICIALS: [&Own; 1] = [&FIRST_OFFICIAL];

/// The third-party platform for mini-programs.
pub const MINI_PLATFORM: Platform = Platform {
    app_id: "wx6b0d4f82c3e5a719",
    secret: "0123456789abcdef6b0d4f82c3e5a719",
    ticket: "ticket@@@sandbox-component-verify-ticket",
    token: "sandboxminitoken",
    aes_key: "sandboxAESkeyOfThePlatformForMiniPrograms00",
};

/// The third-party platform for official accounts.
pub const OFFICIAL_PLATFORM: Platform = Platform {
    app_id: "wx20c8e5f7a1b3d964",
    secret: "0123456789abcdef20c8e5f7a1b3d964",
    ticket: "ticket@@@sandbox-official-verify-ticket",
    token: "sandboxofficialtoken",
    aes_key: "sandboxAESkeyOfThePlatformForOfficialAcc000",
};

/// Both platforms.
pub const PLATFORMS: [&Platform; 2] = [&MINI_PLATFORM, &OFFICIAL_PLATFORM];

/// The mini-program that is authorised to the platform.
pub const AUTHORISED_MINI: Authorised = Authorised {
    app_id: "wxd51a9c60e8f2b743",
    platform: &MINI_PLATFORM,
    refresh_token: "refreshtoken@@@sandbox-authorised-mini",
};

/// The official account that is authorised to the platform.
pub const AUTHORISED_OFFICIAL: Authorised = Authorised {
    app_id: "wx75d2f09b4e81ac36",
    platform: &OFFICIAL_PLATFORM,
    refresh_token: "refreshtoken@@@sandbox-authorised-official",
};

/// The demo company's mini-program has its own secret, and is authorised as well, so that its code can be released.
pub const FIRST_MINI_AUTHORISED: Authorised = Authorised {
    app_id: FIRST_MINI.app_id,
    platform: &MINI_PLATFORM,
    refresh_token: "refreshtoken@@@sandbox-first-mini",
};

/// A mini-program whose code is being reviewed.
pub const REVIEWED_MINI: Authorised = Authorised {
    app_id: "wx42c7a05e9d1b836f",
    platform: &MINI_PLATFORM,
    refresh_token: "refreshtoken@@@sandbox-reviewed-mini",
};

/// A mini-program whose code was refused by the reviewers.
pub const REFUSED_MINI: Authorised = Authorised {
    app_id: "wx97e3d1b4608fa2c5",
    platform: &MINI_PLATFORM,
    refresh_token: "refreshtoken@@@sandbox-refused-mini",
};

/// A mini-program that has no code yet.
pub const EMPTY_MINI: Authorised = Authorised {
    app_id: "wx0fa6c83b5e72d914",
    platform: &MINI_PLATFORM,
    refresh_token: "refreshtoken@@@sandbox-empty-mini",
};

/// A mini-program that nobody has authorised yet.
pub const SPARE_MINI: &str = "wx6e81f4b2a9057dc3";

/// All accounts that are authorised to a platform.
pub const AUTHORISED: [&Authorised; 6] =
    [&AUTHORISED_MINI, &AUTHORISED_OFFICIAL, &FIRST_MINI_AUTHORISED, &REVIEWED_MINI, &REFUSED_MINI, &EMPTY_MINI];

const SOFTWARE: (&str, i64, &str, i64) = ("IT科技", 210, "软件服务提供商", 217);
const TRADE: (&str, i64, &str, i64) = ("商家自营", 304, "家居/家纺", 318);

/// All accounts that may be authorised, whether they are or not.
pub const PROFILES: [Profile; 9] = [
    mini(FIRST_MINI.app_id, "gh_1c7e19d05ab2", "云杉名片", "云杉软件（上海）有限公司", &[SOFTWARE]),
    mini(SECOND_MINI.app_id, "gh_2f20b6d4e17c", "青禾家居", "青禾家居有限公司", &[TRADE]),
    mini(AUTHORISED_MINI.app_id, "gh_3d51a9c60e8f", "雷达名片", "演示科技有限公司", &[SOFTWARE, TRADE]),
    mini(REVIEWED_MINI.app_id, "gh_442c7a05e9d1", "晨光课堂", "晨光教育咨询有限公司", &[SOFTWARE]),
    mini(REFUSED_MINI.app_id, "gh_597e3d1b4608", "佳禾小馆", "佳禾餐饮管理有限公司", &[TRADE]),
    mini(EMPTY_MINI.app_id, "gh_60fa6c83b5e7", "海蓝旅行", "海蓝旅行社有限公司", &[SOFTWARE]),
    mini(SPARE_MINI, "gh_76e81f4b2a90", "未授权的小程序", "演示科技有限公司", &[SOFTWARE]),
    official(FIRST_OFFICIAL.app_id, "gh_81e94b7a3d06", "云杉软件服务号", "云杉软件（上海）有限公司"),
    official(AUTHORISED_OFFICIAL.app_id, "gh_975d2f09b4e8", "雷达公众号", "演示科技有限公司"),
];

const fn mini(
    app_id: &'static str,
    original_id: &'static str,
    nickname: &'static str,
    principal: &'static str,
    categories: &'static [(&'static str, i64, &'static str, i64)],
) -> Profile {
    Profile { app_id, platform: &MINI_PLATFORM, original_id, nickname, principal, categories }
}

const fn official(
    app_id: &'static str,
    original_id: &'static str,
    nickname: &'static str,
    principal: &'static str,
) -> Profile {
    Profile { app_id, platform: &OFFICIAL_PLATFORM, original_id, nickname, principal, categories: &[] }
}

/// The first company's merchant.
pub const FIRST_MERCHANT: Merchant =
    Merchant { mch_id: "1500000101", key: "sandboxkeyofthefirstmerchant0001", app_ids: &[FIRST_MINI.app_id] };

/// The second company's merchant, also of the mini-program that is authorised to the platform.
pub const SECOND_MERCHANT: Merchant = Merchant {
    mch_id: "1500000202",
    key: "sandboxkeyofthesecondmerchant002",
    app_ids: &[SECOND_MINI.app_id, AUTHORISED_MINI.app_id],
};

/// Both merchants.
pub const MERCHANTS: [&Merchant; 2] = [&FIRST_MERCHANT, &SECOND_MERCHANT];

/// Numbers of orders that begin so were paid before the sandbox started: the demo data's. They can be refunded.
pub const PAID_BEFORE: &str = "DEMO";

const fn department(id: i64, name: &'static str, parent_id: i64) -> Department {
    Department { id, name, parent_id }
}

const fn member(
    userid: &'static str,
    name: &'static str,
    department: &'static [i64],
    position: &'static str,
    mobile: &'static str,
    gender: i64,
    email: &'static str,
) -> Member {
    Member { userid, name, department, position, mobile, gender, email }
}
