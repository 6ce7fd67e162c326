//! Tags of articles. Document 002, section 10.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use super::ArticleTagRow;
use crate::{
    app::App,
    articles::tags,
    clean,
    error::Result,
    identity::{Admin, Right},
    ids::ArticleTagId,
    web::{Answer, Body, Page, Tag},
};

pub struct ArticleTagApi(pub App);

/// 文章标签
#[derive(Debug, Object, Serialize)]
struct NamedArticleTag {
    tag_id: i64,
    tag_name: String,
}

#[derive(Debug, Object)]
struct ArticleTagForm {
    /// 标签名，公司内不能重复
    #[oai(validator(max_length = 30))]
    tag_name: String,
    /// 阅读多少秒后，读者得到此标签；缺省 60，修改时不传则不变
    #[oai(validator(minimum(value = "1"), maximum(value = "86400")))]
    reading_seconds: Option<i64>,
}

#[OpenApi(tag = "Tag::AdminArticle")]
impl ArticleTagApi {
    /// 后台管理 - 文章  -  文章标签展示
    #[oai(path = "/zhugeleida/admin/article_tag", method = "get", operation_id = "admin.article_tag.list")]
    async fn list_article_tags(&self, admin: Admin) -> Result<Answer<Page<ArticleTagRow>>> {
        admin.require(Right::ArticleRead)?;
        let tags = tags::list(&self.0, &admin).await?;
        Ok(Answer::new("", Page::whole(tags.into_iter().map(ArticleTagRow::from).collect())))
    }

    /// 后台管理 - 文章  -  文章标签增加
    ///
    /// 重复时返回 303。
    #[oai(path = "/zhugeleida/admin/article_tag/add/:o_id", method = "post", operation_id = "admin.article_tag.add")]
    async fn add_article_tag(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<ArticleTagForm>,
    ) -> Result<Answer<Vec<NamedArticleTag>>> {
        admin.require(Right::ArticleWrite)?;
        let _ = o_id;
        let tag_name = clean::text(form.0.tag_name.trim());
        let id = tags::add(&self.0, &admin, tag_name.clone(), form.0.reading_seconds).await?;
        Ok(Answer::new("添加成功", vec![NamedArticleTag { tag_id: id.0, tag_name }]))
    }

    /// 后台管理 - 文章  -  文章标修改
    #[oai(
        path = "/zhugeleida/admin/article_tag/update/:o_id",
        method = "post",
        operation_id = "admin.article_tag.update"
    )]
    async fn update_article_tag(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<ArticleTagForm>,
    ) -> Result<Answer<Vec<NamedArticleTag>>> {
        admin.require(Right::ArticleWrite)?;
        let tag_name = clean::text(form.0.tag_name.trim());
        tags::update(&self.0, &admin, ArticleTagId(o_id.0), tag_name.clone(), form.0.reading_seconds).await?;
        // The document's own message (contract: admin.article_tag.update).
        Ok(Answer::new("添加成功", vec![NamedArticleTag { tag_id: o_id.0, tag_name }]))
    }

    /// 后台管理 - 文章  -  文章标删除
    #[oai(
        path = "/zhugeleida/admin/article_tag/delete/:o_id",
        method = "post",
        operation_id = "admin.article_tag.delete"
    )]
    async fn delete_article_tag(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Vec<NamedArticleTag>>> {
        admin.require(Right::ArticleWrite)?;
        tags::delete(&self.0, &admin, ArticleTagId(o_id.0)).await?;
        Ok(Answer::new("删除成功", Vec::new()))
    }
}
