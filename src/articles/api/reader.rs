//! Articles as readers have them. Document 002, sections 15 and 16; document 004, section 2.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use super::ArticleTagRow;
use crate::{
    app::App,
    articles::{Share, comments, links, reading, reading::Visit},
    error::{Error, Result},
    identity::Customer,
    ids::{ArticleId, CompanyId, CustomerId, ReadingId, StaffId},
    web::{Answer, Body, Empty, Page, Params, Tag},
};

pub struct ReaderArticleApi(pub App);

/// Recommended articles are so many.
const RECOMMENDED: i64 = 3;

#[derive(Debug, Object)]
struct VisitQuery {
    /// 文章所属的雷达用户；预览时为空
    uid: Option<i64>,
    /// 同 uid
    u_id: Option<i64>,
    /// 转发给自己的客户，没有则为空
    pid: Option<i64>,
    /// 链接中的层级
    level: Option<i64>,
    /// 公司，须与客户的公司相同
    company_id: Option<i64>,
}

impl VisitQuery {
    fn staff(&self) -> Option<StaffId> {
        self.uid.or(self.u_id).map(StaffId)
    }

    fn visit(&self, article: i64) -> Visit {
        let parent = self.pid.filter(|parent| *parent > 0).map(CustomerId);
        Visit { article: ArticleId(article), staff: self.staff(), parent, level: self.level }
    }
}

fn must_be_own(by: Customer, company: Option<i64>) -> Result<()> {
    if company.is_none_or(|company| CompanyId(company) == by.company) { Ok(()) } else { Err(Error::no_such("公司")) }
}

fn required(staff: Option<StaffId>) -> Result<StaffId> {
    staff.ok_or_else(|| Error::field("uid", "此字段不能为空"))
}

/// 文章
#[derive(Debug, Object, Serialize)]
struct ReaderArticle {
    id: i64,
    title: String,
    author: String,
    avatar: String,
    summary: String,
    create_date: String,
    cover_url: String,
    /// 富文本，或序列化的 {cover_data, article_data}
    content: String,
    read_count: i64,
    tag_list: Vec<ArticleTagRow>,
    /// 插件，已填入雷达用户的名片或报名活动的当前内容；没有插件时为空
    insert_ads: String,
}

/// 文章与阅读记录
#[derive(Debug, Object, Serialize)]
struct ReaderArticlePage {
    ret_data: Vec<ReaderArticle>,
    /// 查看文章记录日志 ID；未发文章的预览不记录，为 null
    article_access_log_id: Option<i64>,
}

#[derive(Debug, Object)]
struct ForwardQuery {
    /// 文章所属的雷达用户
    uid: Option<i64>,
    /// 同 uid
    u_id: Option<i64>,
    /// 转发给自己的客户，没有则为空
    pid: Option<i64>,
    /// 1 朋友（缺省），2 朋友圈
    #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
    forward_type: Option<i64>,
}

#[derive(Debug, Object)]
struct StayQuery {
    /// 文章所属的雷达用户
    uid: Option<i64>,
    /// 同 uid
    u_id: Option<i64>,
    /// 转发给自己的客户；不起作用，阅读记录已包含
    pid: Option<i64>,
    /// 查看文章记录日志 ID
    article_access_log_id: i64,
}

#[derive(Debug, Object)]
struct ReviewForm {
    /// 评论内容，纯文本
    #[oai(validator(max_length = 500))]
    content: String,
}

/// 文章评论
#[derive(Debug, Object, Serialize)]
struct ReviewRow {
    from_customer_id: i64,
    from_customer_name: String,
    from_customer_headimgurl: String,
    content: String,
    create_time: String,
}

#[derive(Debug, Object)]
struct RecommendQuery {
    /// 雷达用户
    uid: Option<i64>,
    /// 同 uid
    u_id: Option<i64>,
    /// 公司
    company_id: i64,
}

/// 推荐的文章
#[derive(Debug, Object, Serialize)]
struct RecommendedRow {
    article_id: i64,
    title: String,
    cover_url: String,
    /// 打开文章的链接
    article_url: String,
    read_count: i64,
    create_date: String,
}

#[OpenApi(tag = "Tag::ReaderArticle")]
impl ReaderArticleApi {
    /// 后台管理 - 公众号  -  显示单个文章
    ///
    /// 记录一次阅读；带 uid 时客户与雷达用户建立关系（来源 4），并在访问日志中出现（未授权昵称的客户只计数）。
    #[oai(
        path = "/zhugeleida/gongzhonghao/article/myarticle/:o_id",
        method = "get",
        operation_id = "gongzhonghao.article.myarticle"
    )]
    async fn read_article(
        &self,
        customer: Customer,
        o_id: Path<i64>,
        query: Params<VisitQuery>,
    ) -> Result<Answer<ReaderArticlePage>> {
        must_be_own(customer, query.0.company_id)?;
        let page = reading::read(&self.0, customer, query.0.visit(o_id.0)).await?;
        let listed = page.article.listed;
        let article = ReaderArticle {
            id: listed.id.0,
            title: listed.title,
            author: listed.author,
            avatar: listed.avatar,
            summary: listed.summary,
            create_date: self.0.zone.iso(listed.created_at),
            cover_url: listed.cover,
            content: page.article.content,
            read_count: listed.read_count,
            tag_list: listed.tags.into_iter().map(ArticleTagRow::from).collect(),
            insert_ads: page.insert_ads,
        };
        let article_access_log_id = page.reading.map(|reading| reading.0);
        Ok(Answer::new("", ReaderArticlePage { ret_data: vec![article], article_access_log_id }))
    }

    /// 后台管理 - 公众号  - 记录转发文章
    #[oai(
        path = "/zhugeleida/gongzhonghao/article/forward_article/:o_id",
        method = "get",
        operation_id = "gongzhonghao.article.forward_article"
    )]
    async fn forward_article(
        &self,
        customer: Customer,
        o_id: Path<i64>,
        query: Params<ForwardQuery>,
    ) -> Result<Answer<Empty>> {
        let query = query.0;
        let staff = required(query.uid.or(query.u_id).map(StaffId))?;
        let parent = query.pid.filter(|parent| *parent > 0).map(CustomerId);
        let visit = Visit { article: ArticleId(o_id.0), staff: Some(staff), parent, level: None };
        reading::forward(&self.0, customer, staff, visit, query.forward_type != Some(2)).await?;
        Ok(Answer::done("记录转发成功"))
    }

    /// 后台管理 - 公众号  - 记录文章查看时间
    ///
    /// 页面打开时每 5 秒调用一次；自上次调用（首次为打开文章）以来的时间记为阅读时间，每次最多 10 秒。只能用自己的阅读记录。
    #[oai(
        path = "/zhugeleida/gongzhonghao/article/staytime/:o_id",
        method = "get",
        operation_id = "gongzhonghao.article.staytime"
    )]
    async fn stay(&self, customer: Customer, o_id: Path<i64>, query: Params<StayQuery>) -> Result<Answer<Empty>> {
        let query = query.0;
        let _ = query.pid;
        let (staff, reading) = (query.uid.or(query.u_id).map(StaffId), ReadingId(query.article_access_log_id));
        reading::stay(&self.0, customer, ArticleId(o_id.0), staff, reading).await?;
        Ok(Answer::done("记录客户查看文章时间成功"))
    }

    /// 文章 - 客户评论文章
    ///
    /// 审核之前只有自己可见。
    #[oai(
        path = "/zhugeleida/gongzhonghao/article/review_article/:o_id",
        method = "post",
        operation_id = "gongzhonghao.article.review_article"
    )]
    async fn review_article(
        &self,
        customer: Customer,
        o_id: Path<i64>,
        form: Body<ReviewForm>,
    ) -> Result<Answer<Empty>> {
        let content = form.0.content.trim().to_owned();
        comments::comment(&self.0, customer, ArticleId(o_id.0), content).await?;
        Ok(Answer::done("成功"))
    }

    /// 公众号 - 文章 - 文章评论列表
    ///
    /// 已审核的，以及自己的；最新的在前，不分页（最多 500 条）。
    #[oai(
        path = "/zhugeleida/gongzhonghao/article/article_review_list/:o_id",
        method = "get",
        operation_id = "gongzhonghao.article.article_review_list"
    )]
    async fn list_reviews(&self, customer: Customer, o_id: Path<i64>) -> Result<Answer<Page<ReviewRow>>> {
        let (comments, count) = comments::shown(&self.0, customer, ArticleId(o_id.0)).await?;
        let rows = comments.into_iter().map(|comment| ReviewRow {
            from_customer_id: comment.customer.0,
            from_customer_name: comment.customer_name,
            from_customer_headimgurl: comment.customer_avatar,
            content: comment.content,
            create_time: self.0.zone.plain(comment.created_at),
        });
        Ok(Answer::new("查询成功", Page::new(rows.collect(), count)).noted())
    }

    /// 文章 - 推荐的文章列表
    ///
    /// 公司已发的其它文章，阅读最多的在前，三篇；data_count 为全部篇数。
    #[oai(
        path = "/zhugeleida/gongzhonghao/article/recommend_article_list/:o_id",
        method = "get",
        operation_id = "gongzhonghao.article.recommend_article_list"
    )]
    async fn recommend(
        &self,
        customer: Customer,
        o_id: Path<i64>,
        query: Params<RecommendQuery>,
    ) -> Result<Answer<Page<RecommendedRow>>> {
        must_be_own(customer, Some(query.0.company_id))?;
        let staff = required(query.0.uid.or(query.0.u_id).map(StaffId))?;
        let (company, article) = (customer.company, ArticleId(o_id.0));
        let (articles, count) = links::recommended(&self.0, company, article, staff, RECOMMENDED).await?;
        let mut rows = Vec::with_capacity(articles.len());
        for listed in articles {
            let share = Share { company, article: listed.id, staff: Some(staff), parent: None, level: 1 };
            rows.push(RecommendedRow {
                article_id: listed.id.0,
                title: listed.title,
                cover_url: listed.cover,
                article_url: links::article_url(&self.0, &share).await?,
                read_count: listed.read_count,
                create_date: self.0.zone.plain(listed.created_at),
            });
        }
        Ok(Answer::new("查询成功", Page::new(rows, count)).noted())
    }
}
