//! Why something could not be done to a mini-program's code, in WeChat's words and in plain ones.

use crate::{error::Error, weixin::WeixinError};

/// Why something was not done.
#[derive(Debug)]
pub enum Trouble {
    /// WeChat said no.
    Refused { errcode: i64, errmsg: String },
    /// Anything else.
    Ours(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

impl From<WeixinError> for Trouble {
    fn from(error: WeixinError) -> Self {
        match error {
            WeixinError::Refused { errcode, errmsg } => Self::Refused { errcode, errmsg },
            other => Self::Ours(other.into()),
        }
    }
}

impl Trouble {
    pub fn code(&self) -> i64 {
        match self {
            Self::Refused { errcode, .. } => *errcode,
            Self::Ours(error) => error.code(),
        }
    }

    /// As the documents print it: `85009 : already submit …`, with what that means where it is known.
    pub fn text(&self) -> String {
        match self {
            Self::Refused { errcode, errmsg } => match meaning(*errcode) {
                Some(meaning) => format!("{errcode} : {errmsg}（{meaning}）"),
                None => format!("{errcode} : {errmsg}"),
            },
            Self::Ours(Error::Internal(_)) => "500 : 服务器内部错误".to_owned(),
            Self::Ours(error) => format!("{} : {error}", error.code()),
        }
    }
}

/// WeChat's numbers in plain words (代小程序实现业务, 返回码).
fn meaning(errcode: i64) -> Option<&'static str> {
    Some(match errcode {
        61003 => "小程序没有授权给第三方平台",
        61007 => "小程序没有把代码管理的权限授权给第三方平台",
        85006 => "标签格式错误",
        85007 => "页面路径错误",
        85008 => "类目填写错误",
        85009 => "已经有正在审核的版本",
        85012 => "无效的审核编号",
        85013 => "无效的自定义配置",
        85014 => "无效的模版编号",
        85015 => "版本输入错误",
        85019 => "没有审核版本",
        85020 => "审核状态未满足发布",
        85023 => "审核列表填写的项目数不在 1 到 5 以内",
        85043 => "模版错误",
        85044 => "代码包超过大小限制",
        85045 => "ext_json 有不存在的路径",
        85052 => "版本已经发布",
        85064 => "找不到模版",
        85066 => "链接错误",
        85077 => "小程序类目信息失效，请重新选择类目",
        85085 => "近 7 天提交审核的次数过多",
        85086 => "提交代码审核之前需提前上传代码",
        86000 => "不是由第三方代小程序进行调用",
        86001 => "不存在第三方已经提交的代码",
        86002 => "小程序还未设置昵称、头像、简介，请先设置完后再重新提交",
        87011 => "现网已经在灰度发布，不能进行版本回退",
        87012 => "该版本不能回退：没有上一个线上版本，或上一个版本已是回退的",
        87013 => "撤回次数达到上限（每天一次，每个月10次）",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wechats_words_are_passed_on() {
        let refused = |errcode, errmsg: &str| Trouble::Refused { errcode, errmsg: errmsg.to_owned() };
        assert_eq!(refused(40013, "invalid appid").text(), "40013 : invalid appid");
        assert_eq!(refused(85019, "none").text(), "85019 : none（没有审核版本）");
        assert!(!Trouble::Ours(Error::internal("secret")).text().contains("secret"));
    }
}
