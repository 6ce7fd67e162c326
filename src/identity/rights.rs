//! What the operations of the back office are called as access rules (权限条目).
//!
//! The rules are rows that a super-administrator may rename and rearrange; an operation finds its rule by `url_path`.

/// A right that a role of the back office can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    Home,
    StaffRead,
    StaffWrite,
    StaffSync,
    DepartmentWrite,
    AdminRead,
    AdminWrite,
    RoleRead,
    RoleWrite,
    ProductRead,
    ProductWrite,
    CompanyRead,
    MallWrite,
    WebsiteRead,
    WebsiteWrite,
    CaseRead,
    CaseWrite,
    ArticleRead,
    ArticleWrite,
    PluginRead,
    PluginWrite,
    ScriptRead,
    ScriptWrite,
    MallRead,
    GrantRead,
    GrantWrite,
    ReleaseRead,
    ReleaseWrite,
    AuditRead,
    OrderRead,
    OrderRefund,
    OutboxRead,
    OutboxWrite,
    CustomerRead,
    CustomerWrite,
    CustomerExport,
    RadarRead,
    ChatRead,
}

/// A group of rules: its name, its path, the rights in it and their names.
type Group = (&'static str, &'static str, &'static [(Right, &'static str)]);

/// The rules of a new installation.
pub const DEFAULT_RULES: &[Group] = &[
    ("首页", "shouye", &[(Right::Home, "查看统计")]),
    (
        "用户管理",
        "yonghu",
        &[
            (Right::StaffRead, "用户查看"),
            (Right::StaffWrite, "用户修改"),
            (Right::StaffSync, "通讯录同步"),
            (Right::DepartmentWrite, "部门修改"),
        ],
    ),
    ("管理员管理", "guanliyuan", &[(Right::AdminRead, "管理员查看"), (Right::AdminWrite, "管理员修改")]),
    ("角色管理", "juese", &[(Right::RoleRead, "角色查看"), (Right::RoleWrite, "角色修改")]),
    ("产品管理", "chanpin", &[(Right::ProductRead, "产品查看"), (Right::ProductWrite, "产品修改")]),
    ("公司管理", "gongsi", &[(Right::CompanyRead, "公司查看")]),
    ("商城管理", "shangcheng", &[(Right::MallWrite, "商城设置"), (Right::MallRead, "商城查看")]),
    ("官网管理", "guanwang", &[(Right::WebsiteRead, "官网查看"), (Right::WebsiteWrite, "官网修改")]),
    ("案例管理", "anli", &[(Right::CaseRead, "案例查看"), (Right::CaseWrite, "案例修改")]),
    ("文章管理", "wenzhang", &[(Right::ArticleRead, "文章查看"), (Right::ArticleWrite, "文章修改")]),
    ("插件管理", "chajian", &[(Right::PluginRead, "插件查看"), (Right::PluginWrite, "插件修改")]),
    ("话术管理", "huashu", &[(Right::ScriptRead, "话术查看"), (Right::ScriptWrite, "话术修改")]),
    ("微信授权", "shouquan", &[(Right::GrantRead, "授权查看"), (Right::GrantWrite, "授权修改")]),
    ("小程序发布", "fabu", &[(Right::ReleaseRead, "发布查看"), (Right::ReleaseWrite, "代码发布")]),
    ("操作日志", "rizhi", &[(Right::AuditRead, "日志查看")]),
    ("订单管理", "dingdan", &[(Right::OrderRead, "订单查看"), (Right::OrderRefund, "订单退款")]),
    ("消息队列", "xiaoxi", &[(Right::OutboxRead, "消息查看"), (Right::OutboxWrite, "消息重发")]),
    (
        "客户管理",
        "kehu",
        &[(Right::CustomerRead, "客户查看"), (Right::CustomerWrite, "客户修改"), (Right::CustomerExport, "客户导出")],
    ),
    ("雷达", "leida", &[(Right::RadarRead, "雷达查看")]),
    ("聊天记录", "liaotian", &[(Right::ChatRead, "聊天查看")]),
];

impl Right {
    /// All of them, as the rules of a new installation have them.
    pub fn all() -> impl Iterator<Item = Self> {
        DEFAULT_RULES.iter().flat_map(|(.., rights)| rights.iter().map(|(right, _)| *right))
    }

    /// What its rule is called in a new installation.
    pub fn name(self) -> &'static str {
        let mut rights = DEFAULT_RULES.iter().flat_map(|(.., rights)| rights.iter());
        rights.find(|(right, _)| *right == self).map_or("", |(_, name)| name)
    }

    /// The `url_path` of the rule that grants it.
    pub fn url_path(self) -> &'static str {
        match self {
            Self::Home => "shouye/tongji",
            Self::StaffRead => "yonghu/chakan",
            Self::StaffWrite => "yonghu/xiugai",
            Self::StaffSync => "yonghu/tongbu",
            Self::DepartmentWrite => "yonghu/bumen",
            Self::AdminRead => "guanliyuan/chakan",
            Self::AdminWrite => "guanliyuan/xiugai",
            Self::RoleRead => "juese/chakan",
            Self::RoleWrite => "juese/xiugai",
            Self::ProductRead => "chanpin/chakan",
            Self::ProductWrite => "chanpin/xiugai",
            Self::CompanyRead => "gongsi/chakan",
            Self::MallWrite => "shangcheng/shezhi",
            Self::MallRead => "shangcheng/chakan",
            Self::WebsiteRead => "guanwang/chakan",
            Self::WebsiteWrite => "guanwang/xiugai",
            Self::CaseRead => "anli/chakan",
            Self::CaseWrite => "anli/xiugai",
            Self::ArticleRead => "wenzhang/chakan",
            Self::ArticleWrite => "wenzhang/xiugai",
            Self::PluginRead => "chajian/chakan",
            Self::PluginWrite => "chajian/xiugai",
            Self::ScriptRead => "huashu/chakan",
            Self::ScriptWrite => "huashu/xiugai",
            Self::GrantRead => "shouquan/chakan",
            Self::GrantWrite => "shouquan/xiugai",
            Self::ReleaseRead => "fabu/chakan",
            Self::ReleaseWrite => "fabu/xiugai",
            Self::AuditRead => "rizhi/chakan",
            Self::OrderRead => "dingdan/chakan",
            Self::OrderRefund => "dingdan/tuikuan",
            Self::OutboxRead => "xiaoxi/chakan",
            Self::OutboxWrite => "xiaoxi/chongfa",
            Self::CustomerRead => "kehu/chakan",
            Self::CustomerWrite => "kehu/xiugai",
            Self::CustomerExport => "kehu/daochu",
            Self::RadarRead => "leida/chakan",
            Self::ChatRead => "liaotian/chakan",
        }
    }
}
