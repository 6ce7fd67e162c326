//! How an article spread, for the back office. Ours.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use crate::{
    app::App,
    articles::spread::{self, Filter, Node, Order, Reader, Summary, Who},
    customers::{area_text, sex_text},
    error::Result,
    identity::{Admin, Right},
    ids::{ArticleId, StaffId},
    time::{SECOND, Zone},
    web::{Answer, Page, Paging, Params, Tag},
};

pub struct SpreadApi(pub App);

/// Nodes of a tree when the caller does not say.
const USUAL_LIMIT: u32 = 300;

#[derive(Debug, Object)]
struct ReadersQuery {
    /// 只看此雷达用户的读者
    uid: Option<i64>,
    /// 只看此层级：1 直接从雷达用户处收到，2 由第 1 层读者转发，以此类推
    #[oai(validator(minimum(value = "1")))]
    level: Option<i64>,
    /// 客户姓名，模糊搜索
    #[oai(validator(max_length = 100))]
    search: Option<String>,
    /// -stay（缺省）、-read_count、-forward、-last_read；不带 - 为升序
    order: Option<String>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 10
    length: Option<i64>,
}

/// 文章的一位读者
#[derive(Debug, Object, Serialize)]
struct ArticleReaderRow {
    /// 阅读关系 ID：同一位客户从不同的人处收到文章时有多条
    id: i64,
    customer_id: i64,
    customer_name: String,
    customer_headimgurl: String,
    /// 男、女；未知为空
    sex: String,
    /// 省与市
    area: String,
    /// 文章所属的雷达用户
    uid: i64,
    user_name: String,
    level: i64,
    /// 转发给此读者的客户；直接从雷达用户处收到为 0
    parent_id: i64,
    /// 直接从雷达用户处收到为空
    parent_name: String,
    read_count: i64,
    /// 转发次数：朋友与朋友圈
    forward_count: i64,
    /// 阅读时间，秒
    stay_time: i64,
    /// 没有打开过为空
    last_read_date: String,
}

impl ArticleReaderRow {
    fn new(reader: Reader, zone: &Zone) -> Self {
        Self {
            id: reader.id.0,
            customer_id: reader.customer.0,
            customer_name: reader.customer_name,
            customer_headimgurl: reader.customer_avatar,
            sex: sex_text(reader.sex).to_owned(),
            area: area_text(&reader.province, &reader.city),
            uid: reader.staff.0,
            user_name: reader.staff_name,
            level: reader.level,
            parent_id: reader.parent.0,
            parent_name: reader.parent_name,
            read_count: reader.read_count,
            forward_count: reader.forward_count,
            stay_time: reader.stay / SECOND,
            last_read_date: reader.last_read_at.map(|at| zone.plain(at)).unwrap_or_default(),
        }
    }
}

/// 一个层级的读者数
#[derive(Debug, Object, Serialize)]
struct ArticleLevelRow {
    level: i64,
    reader_num: i64,
}

/// 一位雷达用户的传播
#[derive(Debug, Object, Serialize)]
struct ArticleStaffRow {
    uid: i64,
    user_name: String,
    /// 读者数；同一位客户从不同的人处收到时分别计算
    reader_num: i64,
    read_count: i64,
}

/// 文章传播的概况
#[derive(Debug, Object, Serialize)]
struct ArticleSummary {
    article_id: i64,
    title: String,
    /// 阅读次数，含不经雷达用户链接的
    read_count: i64,
    /// 读者人数，同一位客户只计一次
    reader_num: i64,
    /// 转发次数
    forward_count: i64,
    /// 其中转发给朋友
    friend_forward: i64,
    /// 其中转发到朋友圈
    moments_forward: i64,
    /// 评论数，含未审核的
    comment_num: i64,
    /// 文章中报名活动的报名人数；没有活动为 0
    sign_up_num: i64,
    /// 平均每次阅读的时间，秒
    stay_avg: i64,
    /// 各层级的读者数；同一位客户在不同层级时分别计算
    level_list: Vec<ArticleLevelRow>,
    /// 各雷达用户的读者数与阅读次数，阅读最多的在前
    staff_list: Vec<ArticleStaffRow>,
}

impl ArticleSummary {
    fn new(article: ArticleId, summary: Summary) -> Self {
        let totals = summary.totals;
        let level = |(level, reader_num)| ArticleLevelRow { level, reader_num };
        let staff = |share: spread::Share| ArticleStaffRow {
            uid: share.staff.0,
            user_name: share.name,
            reader_num: share.sums.readers,
            read_count: share.sums.read_count,
        };
        Self {
            article_id: article.0,
            title: totals.title,
            read_count: totals.read_count,
            reader_num: summary.readers,
            forward_count: totals.friend_forwards + totals.moments_forwards,
            friend_forward: totals.friend_forwards,
            moments_forward: totals.moments_forwards,
            comment_num: totals.comments,
            sign_up_num: totals.sign_ups,
            stay_avg: (summary.average_stay + SECOND / 2) / SECOND,
            level_list: summary.levels.into_iter().map(level).collect(),
            staff_list: summary.shares.into_iter().map(staff).collect(),
        }
    }
}

/// 包在 ret_data 中的概况
#[derive(Debug, Object, Serialize)]
struct ArticleSummaryData {
    ret_data: ArticleSummary,
}

#[derive(Debug, Object)]
struct TreeQuery {
    /// 只看此雷达用户：根节点即此雷达用户；缺省时根节点为文章，其下为各雷达用户
    uid: Option<i64>,
    /// 根节点以下最多的节点数，缺省 300
    #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
    limit: Option<u32>,
}

/// 传播树的一个节点
#[derive(Debug, Object, Serialize)]
struct ArticleTreeNode {
    /// 文章、雷达用户或客户的 ID
    id: i64,
    /// 客户的阅读关系 ID，每个节点不同；文章与雷达用户为 0
    reader_id: i64,
    /// article 文章，staff 雷达用户，customer 客户
    kind: String,
    name: String,
    /// 头像；文章为封面
    headimgurl: String,
    read_count: i64,
    forward_count: i64,
    /// 阅读时间，秒
    stay_time: i64,
    /// 客户所在的层级；文章与雷达用户为 0
    level: i64,
    children: Vec<ArticleTreeNode>,
    /// 未列出的下级数
    more: i64,
}

impl From<Node> for ArticleTreeNode {
    fn from(node: Node) -> Self {
        let (kind, id, reader_id) = match node.who {
            Who::Article(article) => ("article", article.0, 0),
            Who::Staff(staff) => ("staff", staff.0, 0),
            Who::Customer(customer, reader) => ("customer", customer.0, reader.0),
        };
        Self {
            id,
            reader_id,
            kind: kind.to_owned(),
            name: node.name,
            headimgurl: node.avatar,
            read_count: node.read_count,
            forward_count: node.forward_count,
            stay_time: node.stay / SECOND,
            level: node.level,
            children: node.children.into_iter().map(Self::from).collect(),
            more: node.more,
        }
    }
}

/// 传播树
#[derive(Debug, Object, Serialize)]
struct ArticleTree {
    ret_data: ArticleTreeNode,
    /// 有节点未列出
    truncated: bool,
}

#[OpenApi(tag = "Tag::AdminArticle")]
impl SpreadApi {
    /// 后台管理 - 文章 - 读者列表
    #[oai(path = "/zhugeleida/admin/article/readers/:o_id", method = "get", operation_id = "admin.article.readers")]
    async fn list_readers(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        query: Params<ReadersQuery>,
    ) -> Result<Answer<Page<ArticleReaderRow>>> {
        admin.require(Right::ArticleRead)?;
        let query = query.0;
        let paging = Paging::new(query.current_page, query.length, 10)?;
        let filter = Filter {
            staff: query.uid.map(StaffId),
            level: query.level,
            name: query.search.filter(|name| !name.is_empty()),
            order: Order::named(query.order.as_deref())?,
        };
        let (readers, count) = spread::readers(&self.0, &admin, ArticleId(o_id.0), filter, paging).await?;
        let rows = readers.into_iter().map(|reader| ArticleReaderRow::new(reader, &self.0.zone));
        Ok(Answer::new("查询成功", Page::new(rows.collect(), count)))
    }

    /// 后台管理 - 文章 - 传播概况
    #[oai(path = "/zhugeleida/admin/article/summary/:o_id", method = "get", operation_id = "admin.article.summary")]
    async fn summarise(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<ArticleSummaryData>> {
        admin.require(Right::ArticleRead)?;
        let article = ArticleId(o_id.0);
        let summary = spread::summary(&self.0, &admin, article).await?;
        Ok(Answer::new("查询成功", ArticleSummaryData { ret_data: ArticleSummary::new(article, summary) }))
    }

    /// 后台管理 - 文章 - 传播树
    ///
    /// 逐层列出，每个节点下阅读最多的在前；超过 limit 的不列出，其数目在 more 中。转发人已被删除的读者直接列在雷达用户之下。
    #[oai(path = "/zhugeleida/admin/article/tree/:o_id", method = "get", operation_id = "admin.article.tree")]
    async fn spread_tree(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        query: Params<TreeQuery>,
    ) -> Result<Answer<ArticleTree>> {
        admin.require(Right::ArticleRead)?;
        let limit = usize::try_from(query.0.limit.unwrap_or(USUAL_LIMIT)).unwrap_or_default();
        let staff = query.0.uid.map(StaffId);
        let (root, truncated) = spread::tree(&self.0, &admin, ArticleId(o_id.0), staff, limit).await?;
        Ok(Answer::new("查询成功", ArticleTree { ret_data: root.into(), truncated }))
    }
}
