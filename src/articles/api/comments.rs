//! Comments on articles in the back office: audited there before everybody sees them.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use crate::{
    app::App,
    articles::comments::{self, Comment},
    error::Result,
    identity::{Admin, Right},
    ids::{ArticleId, CommentId},
    time::Zone,
    web::{Answer, Body, Empty, Page, Paging, Params, Tag},
};

pub struct ArticleReviewApi(pub App);

#[derive(Debug, Object)]
struct ArticleReviewFilter {
    /// 只看此文章的评论
    article_id: Option<i64>,
    /// 0 未审核，1 通过
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    status: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 20
    length: Option<i64>,
}

/// 文章评论
#[derive(Debug, Object, Serialize)]
struct ArticleReviewRow {
    id: i64,
    article_id: i64,
    article_title: String,
    from_customer_id: i64,
    from_customer_name: String,
    from_customer_headimgurl: String,
    /// 评论内容，纯文本
    content: String,
    status_code: i64,
    /// 未审核、通过
    status: String,
    create_time: String,
}

impl ArticleReviewRow {
    fn new(comment: Comment, zone: &Zone) -> Self {
        Self {
            id: comment.id.0,
            article_id: comment.article.0,
            article_title: comment.article_title,
            from_customer_id: comment.customer.0,
            from_customer_name: comment.customer_name,
            from_customer_headimgurl: comment.customer_avatar,
            content: comment.content,
            status_code: comment.status,
            status: if comment.status == 1 { "通过" } else { "未审核" }.to_owned(),
            create_time: zone.plain(comment.created_at),
        }
    }
}

#[derive(Debug, Object)]
struct ArticleReviewForm {
    /// 1 通过，0 撤回
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    status: i64,
}

#[OpenApi(tag = "Tag::AdminArticle")]
impl ArticleReviewApi {
    /// 后台管理 - 文章 - 评论列表
    ///
    /// 最新的在前；缺省每页 20 条。
    #[oai(path = "/zhugeleida/admin/article_review", method = "get", operation_id = "admin.article_review.list")]
    async fn list_article_reviews(
        &self,
        admin: Admin,
        filter: Params<ArticleReviewFilter>,
    ) -> Result<Answer<Page<ArticleReviewRow>>> {
        admin.require(Right::ArticleRead)?;
        let filter = filter.0;
        let paging = Paging::new(filter.current_page, filter.length, 20)?;
        let wanted = comments::Filter {
            company: admin.company,
            article: filter.article_id.map(ArticleId),
            status: filter.status,
        };
        let (comments, count) = comments::list(&self.0, wanted, paging).await?;
        let rows = comments.into_iter().map(|comment| ArticleReviewRow::new(comment, &self.0.zone));
        Ok(Answer::new("查询成功", Page::new(rows.collect(), count)))
    }

    /// 后台管理 - 文章 - 审核评论
    ///
    /// 通过的评论所有读者可见，未审核的只有评论者自己可见。
    #[oai(
        path = "/zhugeleida/admin/article_review/update/:o_id",
        method = "post",
        operation_id = "admin.article_review.update"
    )]
    async fn audit_article_review(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<ArticleReviewForm>,
    ) -> Result<Answer<Empty>> {
        admin.require(Right::ArticleWrite)?;
        comments::audit(&self.0, &admin, CommentId(o_id.0), form.0.status).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 文章 - 删除评论
    #[oai(
        path = "/zhugeleida/admin/article_review/delete/:o_id",
        method = "post",
        operation_id = "admin.article_review.delete"
    )]
    async fn delete_article_review(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        admin.require(Right::ArticleWrite)?;
        comments::delete(&self.0, &admin, CommentId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }
}
