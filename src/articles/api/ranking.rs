//! Who carried an article far, for staff. Document 002, section 16.6.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use crate::{
    app::App,
    articles::ranking::{self, Ranked},
    error::Result,
    identity::Staff,
    ids::{ArticleId, StaffId},
    time::SECOND,
    web::{Answer, Paging, Params, Tag},
};

pub struct RankingApi(pub App);

#[derive(Debug, Object)]
struct RankingQuery {
    /// 文章所在层级；0 与 1 相同
    #[oai(validator(minimum(value = "0")))]
    level: i64,
    /// 文章所属的雷达用户，缺省为自己
    uid: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 10
    length: Option<i64>,
}

/// 一位读者
#[derive(Debug, Object, Serialize)]
struct RankedRow {
    article_id: i64,
    uid: i64,
    user_name: String,
    customer_id: i64,
    customer_name: String,
    customer_headimgurl: String,
    /// 男、女；未知为 null
    sex: Option<String>,
    /// 省与市
    area: String,
    read_count: i64,
    /// 阅读时间，秒
    stay_time: i64,
    level: i64,
}

/// 一个层级的读者
#[derive(Debug, Object, Serialize)]
struct RankingPage {
    /// 最深的层级；还没有读者时为 0
    level_num: i64,
    ret_data: Vec<RankedRow>,
    article_id: String,
    /// 此层级的读者总数
    count: i64,
}

impl RankedRow {
    fn new(row: Ranked, article: i64, staff: StaffId, staff_name: &str) -> Self {
        let sex = match row.sex {
            Some(1) => Some("男".to_owned()),
            Some(2) => Some("女".to_owned()),
            _ => None,
        };
        Self {
            article_id: article,
            uid: staff.0,
            user_name: staff_name.to_owned(),
            customer_id: row.customer.0,
            customer_name: row.customer_name,
            customer_headimgurl: row.customer_avatar,
            sex,
            area: format!("{}{}", row.province, row.city),
            read_count: row.read_count,
            stay_time: row.stay / SECOND,
            level: row.level,
        }
    }
}

#[OpenApi(tag = "Tag::StaffArticle")]
impl RankingApi {
    /// 后台管理 - 公众号  - 按层级展示出客户的影响力
    ///
    /// 阅读时间最长的在前。同一位客户可以出现在多个层级：从不同的人那里收到了文章。
    #[oai(
        path = "/zhugeleida/qiyeweixin/article/customer_effect_ranking_by_level/:o_id",
        method = "get",
        operation_id = "qiyeweixin.article.customer_effect_ranking_by_level"
    )]
    async fn rank_by_level(
        &self,
        staff: Staff,
        o_id: Path<i64>,
        query: Params<RankingQuery>,
    ) -> Result<Answer<RankingPage>> {
        let query = query.0;
        let paging = Paging::new(query.current_page, query.length, 10)?;
        let of = query.uid.map(StaffId);
        let ranking = ranking::by_level(&self.0, staff, ArticleId(o_id.0), of, query.level, paging).await?;
        let rows = ranking.rows.into_iter();
        let page = RankingPage {
            level_num: ranking.deepest,
            ret_data: rows.map(|row| RankedRow::new(row, o_id.0, ranking.staff, &ranking.staff_name)).collect(),
            article_id: o_id.0.to_string(),
            count: ranking.count,
        };
        Ok(Answer::new("返回成功", page))
    }
}
