//! Articles in the back office. Document 002, section 9.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use super::ArticleTagRow;
use crate::{
    app::App,
    articles::{Ad, Listed, desk, desk::Draft, source_text, status_text},
    clean,
    error::Result,
    identity::{Admin, Right},
    ids::{ArticleId, ArticleTagId},
    time::Zone,
    web::{Answer, Body, Page, Paging, Params, Tag},
};

pub struct ArticleApi(pub App);

#[derive(Debug, Object)]
struct ArticleFilter {
    /// 1 已发，2 未发
    #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
    status: Option<i64>,
    /// 标题，模糊搜索
    title: Option<String>,
    /// 标签 ID 列表，有其中任何一个即可
    tags_list: Option<Vec<i64>>,
    /// -create_date（缺省）、-read_count、-forward_count；不带 - 为升序
    order: Option<String>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 10
    length: Option<i64>,
}

/// 文章
#[derive(Debug, Object, Serialize)]
struct ArticleRow {
    id: i64,
    title: String,
    summary: String,
    status_code: i64,
    status: String,
    source_code: i64,
    source: String,
    author: String,
    avatar: String,
    read_count: i64,
    forward_count: i64,
    /// 评论数，含未审核的
    comment_count: i64,
    create_date: String,
    cover_url: String,
    tag_list: Vec<ArticleTagRow>,
    insert_ads: String,
}

impl ArticleRow {
    fn new(article: Listed, zone: &Zone) -> Self {
        Self {
            id: article.id.0,
            title: article.title,
            summary: article.summary,
            status_code: article.status,
            status: status_text(article.status).to_owned(),
            source_code: article.source,
            source: source_text(article.source).to_owned(),
            author: article.author,
            avatar: article.avatar,
            read_count: article.read_count,
            forward_count: article.forward_count,
            comment_count: article.comment_count,
            create_date: zone.iso(article.created_at),
            cover_url: article.cover,
            tag_list: article.tags.into_iter().map(ArticleTagRow::from).collect(),
            insert_ads: article.insert_ads,
        }
    }
}

/// 文章详情
#[derive(Debug, Object, Serialize)]
struct ArticleDetails {
    #[oai(flatten)]
    #[serde(flatten)]
    row: ArticleRow,
    /// 富文本，或序列化的 {cover_data, article_data}
    content: String,
    /// 预览二维码
    pre_qrcode_url: String,
}

/// 新文章
#[derive(Debug, Object, Serialize)]
struct NewArticle {
    id: i64,
    article_id: i64,
    /// 预览二维码
    pre_qrcode_url: String,
}

#[derive(Debug, Object)]
struct ArticleForm {
    /// 标题，同一作者不能重复
    #[oai(validator(max_length = 100))]
    title: String,
    /// 摘要
    #[oai(validator(max_length = 500))]
    summary: Option<String>,
    /// 封面图片地址
    #[oai(validator(max_length = 300))]
    cover_picture: Option<String>,
    /// 文章内容：富文本（脚本等会被去掉），或序列化的 {"cover_data":[…],"article_data":[…]}
    content: String,
    /// 标签 ID 列表；修改时不传则不变，空列表 [] 为没有标签
    tags_id_list: Option<Vec<i64>>,
    /// 插件：{"mingpian":true,"type":"mingpian"}、{"type":"baoming","id":报名插件}、{"type":"goods","id":商品插件}，或任意文本
    #[oai(validator(max_length = 10000))]
    insert_ads: Option<String>,
    /// 1 已发，2 未发；新文章缺省为 1，修改时不传则不变
    #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
    status: Option<i64>,
    /// 1 原创（缺省），2 转载
    #[oai(validator(minimum(value = "1"), maximum(value = "2")))]
    source: Option<i64>,
}

impl ArticleForm {
    fn draft(self) -> Result<Draft> {
        Ok(Draft {
            title: clean::text(self.title.trim()),
            summary: clean::text(self.summary.unwrap_or_default().trim()),
            cover: clean::address("cover_picture", self.cover_picture)?,
            content: clean::content(&self.content)?,
            ad: Ad::parse(self.insert_ads.as_deref())?,
            tags: self.tags_id_list.map(|tags| tags.into_iter().map(ArticleTagId).collect()),
            status: self.status,
            source: self.source,
        })
    }
}

#[OpenApi(tag = "Tag::AdminArticle")]
impl ArticleApi {
    /// 后台管理 - 文章  -  公账号文章列表展示
    #[oai(
        path = "/zhugeleida/admin/article/myarticle_list",
        method = "get",
        operation_id = "admin.article.myarticle_list"
    )]
    async fn list_articles(&self, admin: Admin, filter: Params<ArticleFilter>) -> Result<Answer<Page<ArticleRow>>> {
        admin.require(Right::ArticleRead)?;
        let filter = filter.0;
        let paging = Paging::new(filter.current_page, filter.length, 10)?;
        let wanted = desk::Filter {
            company: admin.company,
            status: filter.status,
            title: filter.title,
            tags: filter.tags_list.filter(|tags| !tags.is_empty()),
            order: desk::Order::named(filter.order.as_deref())?,
        };
        let (articles, count) = desk::list(&self.0, wanted, paging).await?;
        let rows = articles.into_iter().map(|article| ArticleRow::new(article, &self.0.zone));
        Ok(Answer::new("", Page::new(rows.collect(), count)))
    }

    /// 后台管理 - 文章  -  公账号文章单个展示
    #[oai(path = "/zhugeleida/admin/article/myarticle/:o_id", method = "get", operation_id = "admin.article.myarticle")]
    async fn single_article(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Page<ArticleDetails>>> {
        admin.require(Right::ArticleRead)?;
        let article = desk::single(&self.0, &admin, ArticleId(o_id.0)).await?;
        let details = ArticleDetails {
            content: article.content,
            pre_qrcode_url: article.listed.preview_code.clone(),
            row: ArticleRow::new(article.listed, &self.0.zone),
        };
        Ok(Answer::new("", Page::whole(vec![details])))
    }

    /// 后台管理 - 文章  -  文章增加
    ///
    /// data 为一项的列表：新文章的 ID 与预览二维码。同一作者的标题重复时返回 300；标签或插件不存在时返回 302。发布时通知全部雷达用户。
    #[oai(path = "/zhugeleida/admin/article/add/:o_id", method = "post", operation_id = "admin.article.add")]
    async fn add_article(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<ArticleForm>,
    ) -> Result<Answer<Vec<NewArticle>>> {
        admin.require(Right::ArticleWrite)?;
        let _ = o_id;
        let (id, pre_qrcode_url) = desk::add(&self.0, &admin, form.0.draft()?).await?;
        Ok(Answer::new("添加成功", vec![NewArticle { id: id.0, article_id: id.0, pre_qrcode_url }]))
    }

    /// 后台管理 - 文章  -  文章修改
    #[oai(path = "/zhugeleida/admin/article/update/:o_id", method = "post", operation_id = "admin.article.update")]
    async fn update_article(
        &self,
        admin: Admin,
        o_id: Path<i64>,
        form: Body<ArticleForm>,
    ) -> Result<Answer<Vec<NewArticle>>> {
        admin.require(Right::ArticleWrite)?;
        desk::update(&self.0, &admin, ArticleId(o_id.0), form.0.draft()?).await?;
        // The document's own message and its empty list (contract: admin.article.update).
        Ok(Answer::new("添加成功", Vec::new()))
    }

    /// 后台管理 - 文章  -  文章删除
    #[oai(path = "/zhugeleida/admin/article/delete/:o_id", method = "post", operation_id = "admin.article.delete")]
    async fn delete_article(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Vec<NewArticle>>> {
        admin.require(Right::ArticleWrite)?;
        desk::delete(&self.0, &admin, ArticleId(o_id.0)).await?;
        Ok(Answer::new("删除成功", Vec::new()))
    }
}
