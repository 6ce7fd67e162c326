//! How far the code of a mini-program is.

/// What is shown of a mini-program's code; the numbers are the documents'.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Never = 0,
    Uploaded = 1,
    UploadFailed = 2,
    SubmitFailed = 3,
    InReview = 4,
    Passed = 5,
    Rejected = 6,
    Released = 7,
    ReleaseFailed = 8,
    Withdrawn = 9,
    WithdrawFailed = 10,
    Reverted = 11,
    RevertFailed = 12,
}

const STATUSES: [(Status, &str); 13] = [
    (Status::Never, "未上线过"),
    (Status::Uploaded, "代码上传成功"),
    (Status::UploadFailed, "代码上传失败"),
    (Status::SubmitFailed, "提交审核报错"),
    (Status::InReview, "审核中"),
    (Status::Passed, "审核通过"),
    (Status::Rejected, "审核未通过"),
    (Status::Released, "上线成功"),
    (Status::ReleaseFailed, "上线失败"),
    (Status::Withdrawn, "审核撤回成功"),
    (Status::WithdrawFailed, "审核撤回失败"),
    (Status::Reverted, "版本回退成功"),
    (Status::RevertFailed, "版本回退失败"),
];

impl Status {
    /// By its number; an unknown one counts as never.
    pub fn read(number: i64) -> Self {
        usize::try_from(number).ok().and_then(|place| STATUSES.get(place)).map_or(Self::Never, |(status, _)| *status)
    }

    /// In words.
    pub fn text(self) -> &'static str {
        STATUSES.iter().find(|(status, _)| *status == self).map_or("", |(_, text)| text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_have_the_documents_numbers() {
        for (place, (status, text)) in STATUSES.iter().enumerate() {
            let number = i64::try_from(place).unwrap();
            assert_eq!((*status as i64, Status::read(number), status.text()), (number, *status, *text));
        }
        assert_eq!((Status::read(13), Status::read(-1)), (Status::Never, Status::Never));
    }
}
