//! A type around every id, so that a customer's number cannot be used where a staff member's is meant.

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.0))
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_i64().map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// An agency's customer company, the tenant: everything is scoped by it.
    CompanyId,
    /// A department of a company.
    DepartmentId,
    /// A back-office account.
    AdminId,
    /// A role of back-office accounts: 1 super-administrator, 2 administrator, 3 ordinary user, others made by hand.
    RoleId,
    /// An access rule (权限条目).
    RuleId,
    /// A salesperson (雷达用户).
    StaffId,
    /// A person waiting to become a salesperson.
    TempStaffId,
    /// A WeChat visitor.
    CustomerId,
    /// The row that joins one staff member and one customer.
    RelationId,
    /// A product of a company or of a staff member.
    ProductId,
    /// A chat message; ids grow in the order of the messages.
    MessageId,
    /// A radar entry; ids grow in the order of the acts.
    RadarId,
    /// A tag that customers get.
    TagId,
    /// A ready phrase for follow-ups (跟进常用语).
    PhraseId,
    /// A label on a salesperson's own card.
    LabelId,
    /// A permission entry of the staff family (权限, `quanxian`).
    PermissionId,
    /// A case (案例) of a company.
    CaseId,
    /// A diary (日记) of a case.
    DiaryId,
    /// A tag of cases.
    CaseTagId,
    /// A comment on a diary or on an article.
    CommentId,
    /// An article of the official account.
    ArticleId,
    /// A tag of articles.
    ArticleTagId,
    /// A place in the tree in which an article spread.
    ReaderId,
    /// One reading of an article.
    ReadingId,
    /// A card that an article shows (名片插件).
    CardPluginId,
    /// A sign-up activity that an article shows (报名插件).
    ActivityId,
    /// A good that an article shows (商品插件).
    GoodsPluginId,
    /// A good of the mall.
    GoodId,
    /// A class of the mall's goods.
    GoodsClassId,
    /// An order of the mall.
    OrderId,
    /// A website template.
    TemplateId,
    /// A message to the makers (反馈).
    FeedbackId,
    /// A group of scripts (话术分组).
    ScriptGroupId,
    /// A script (话术).
    ScriptId,
    /// A mini-program whose code is released here.
    MiniAppId,
    /// A version of its code.
    MiniVersionId,
}

impl RoleId {
    pub const SUPER: Self = Self(1);
    pub const ADMIN: Self = Self(2);
    pub const ORDINARY: Self = Self(3);
}

impl CompanyId {
    /// The company that requests without one mean.
    pub const FIRST: Self = Self(1);
}
