//! Cases, diaries and comments as answers show them, to customers and to the back office.

use poem_openapi::Object;
use serde::Serialize;

use crate::{
    cases::{Case, Comment, Diary, Tag, words},
    time::Zone,
};

/// 案例
#[derive(Debug, Object, Serialize)]
pub struct CaseRow {
    case_id: i64,
    company_id: i64,
    /// 案例的客户名称
    customer_name: String,
    /// 案例客户的头像
    headimgurl: String,
    /// 封面，序列化的 JSON
    cover_picture: String,
    /// 1 已发，2 未发
    status: i64,
    status_text: String,
    /// 标签
    tag_list: Vec<CaseTagName>,
    /// 最新的一篇日记；没有日记时为 {}
    last_diary_data: LastDiary,
    /// 阅读量
    read_count: i64,
    /// 各篇日记的评论数量之和
    comment_count: i64,
    /// 各篇日记的点赞数量之和
    up_count: i64,
    /// 收藏数量
    collection_count: i64,
    /// 是否收藏了此案例：0 未收藏，1 已收藏
    is_collection_case: i64,
    is_collection_case_text: String,
    /// 是否赞过最新的一篇日记：0 或 1
    is_praise_diary: i64,
    is_praise_diary_text: String,
    /// 是否开放评论：0 或 1
    is_open_comment: i64,
    /// 案例更新的日期；足迹与收藏中没有
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    update_date: Option<String>,
    /// 案例创建的日期；足迹与收藏中为浏览、收藏的时间
    create_date: String,
}

/// 标签
#[derive(Debug, Object, Serialize)]
pub struct CaseTagName {
    pub id: i64,
    pub name: String,
}

/// 最新的一篇日记；没有时为 {}
#[derive(Debug, Default, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct LastDiary {
    #[serde(skip_serializing_if = "Option::is_none")]
    diary_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// 写日记的日期
    #[serde(skip_serializing_if = "Option::is_none")]
    diary_date: Option<String>,
    /// 封面，序列化的 JSON
    #[serde(skip_serializing_if = "Option::is_none")]
    cover_picture: Option<String>,
    /// 内容，序列化的 JSON
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_text: Option<String>,
    /// 1 只展示图片，2 只展示视频
    #[serde(skip_serializing_if = "Option::is_none")]
    cover_show_type: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cover_show_type_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    create_date: Option<String>,
}

/// 日记
#[derive(Debug, Object, Serialize)]
pub struct DiaryRow {
    diary_id: i64,
    case_id: i64,
    company_id: i64,
    title: String,
    /// 日记日期
    diary_date: String,
    /// 封面，序列化的 JSON
    cover_picture: String,
    /// 内容，序列化的 JSON
    content: String,
    /// 1 已发，2 未发
    status: i64,
    status_text: String,
    /// 与案例第一篇日记相隔的天数
    interval_days: i64,
    /// 阅读量
    read_count: i64,
    /// 评论数量
    comment_count: i64,
    /// 点赞数量
    up_count: i64,
    /// 是否点赞过：0 或 1
    is_praise_diary: i64,
    is_praise_diary_text: String,
    /// 1 只展示图片，2 只展示视频
    cover_show_type: i64,
    cover_show_type_text: String,
    create_date: String,
}

/// 日记的评论
#[derive(Debug, Object, Serialize)]
pub struct DiaryCommentRow {
    id: i64,
    /// 评论的客户
    from_customer_id: i64,
    from_customer_name: String,
    from_customer_headimgurl: String,
    content: String,
    /// 0 未审核（仅评论者自己可见），1 审核通过
    status: i64,
    status_text: String,
    create_time: String,
}

impl CaseRow {
    pub fn new(case: Case, zone: &Zone) -> Self {
        let is_praised = case.last_diary.as_ref().is_some_and(|diary| diary.is_praised);
        Self {
            case_id: case.id.0,
            company_id: case.company.0,
            customer_name: case.customer_name,
            headimgurl: case.avatar,
            cover_picture: case.cover_picture,
            status: case.status,
            status_text: words::status(case.status).to_owned(),
            tag_list: case.tags.into_iter().map(CaseTagName::from).collect(),
            last_diary_data: case.last_diary.map(|diary| LastDiary::new(diary, zone)).unwrap_or_default(),
            read_count: case.reads,
            comment_count: case.comments,
            up_count: case.praises,
            collection_count: case.collections,
            is_collection_case: case.is_collected.into(),
            is_collection_case_text: words::collected(case.is_collected).to_owned(),
            is_praise_diary: is_praised.into(),
            is_praise_diary_text: if is_praised { "已经赞过此日记" } else { "没有赞过此日记" }.to_owned(),
            is_open_comment: case.is_open.into(),
            update_date: Some(zone.plain(case.updated_at)),
            create_date: zone.plain(case.at),
        }
    }

    /// Among footprints and collections, where the documents print no `update_date`.
    pub fn marked(case: Case, zone: &Zone) -> Self {
        Self { update_date: None, ..Self::new(case, zone) }
    }
}

impl From<Tag> for CaseTagName {
    fn from(tag: Tag) -> Self {
        Self { id: tag.id.0, name: tag.name }
    }
}

impl LastDiary {
    fn new(diary: Diary, zone: &Zone) -> Self {
        Self {
            diary_id: Some(diary.id.0),
            case_id: Some(diary.case.0),
            company_id: Some(diary.company.0),
            title: Some(diary.title),
            diary_date: Some(zone.plain(diary.written_at)),
            cover_picture: Some(diary.cover_picture),
            content: Some(diary.content),
            status: Some(diary.status),
            status_text: Some(words::status(diary.status).to_owned()),
            cover_show_type: Some(diary.cover_show_type),
            cover_show_type_text: Some(words::cover_show_type(diary.cover_show_type).to_owned()),
            create_date: Some(zone.plain(diary.created_at)),
        }
    }
}

impl DiaryRow {
    pub fn new(diary: Diary, zone: &Zone) -> Self {
        Self {
            diary_id: diary.id.0,
            case_id: diary.case.0,
            company_id: diary.company.0,
            interval_days: diary.interval_days(zone),
            title: diary.title,
            diary_date: zone.plain(diary.written_at),
            cover_picture: diary.cover_picture,
            content: diary.content,
            status: diary.status,
            status_text: words::status(diary.status).to_owned(),
            read_count: diary.reads,
            comment_count: diary.comments,
            up_count: diary.praises,
            is_praise_diary: diary.is_praised.into(),
            is_praise_diary_text: if diary.is_praised { "已点赞" } else { "未点赞" }.to_owned(),
            cover_show_type: diary.cover_show_type,
            cover_show_type_text: words::cover_show_type(diary.cover_show_type).to_owned(),
            create_date: zone.plain(diary.created_at),
        }
    }
}

impl DiaryCommentRow {
    pub fn new(comment: Comment, zone: &Zone) -> Self {
        Self {
            id: comment.id.0,
            from_customer_id: comment.customer.0,
            from_customer_name: comment.customer_name,
            from_customer_headimgurl: comment.customer_avatar,
            content: comment.content,
            status: comment.status,
            status_text: words::comment_status(comment.status).to_owned(),
            create_time: zone.plain(comment.created_at),
        }
    }
}
