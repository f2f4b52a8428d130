//! The list of diagnostic codes: name, level, meaning. Each has a page in the manual and a case in the tests.

use super::diagnostic::Severity;
use serde::{Deserialize, Serialize};

/// Every kind of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
pub enum Code {
    /// Front matter or settings that cannot be read at all.
    BadSyntax,
    /// A key whose value has the wrong type or is out of range.
    BadValue,
    /// A value that should be a date and is not.
    BadDate,
    /// A key that Throughline does not know.
    UnknownKey,
    /// An essay, concept, series or page without a title.
    MissingTitle,
    /// An essay without a date.
    MissingDate,
    /// A slug, alias or pattern that cannot stand in an address.
    BadAddress,
    /// Two sources for one address.
    DuplicateRoute,
    /// Two files whose names differ only in case or in Unicode form.
    SimilarNames,
    /// A file name that cannot be used.
    BadName,
    /// A file that cannot be read.
    UnreadableFile,
    /// A text file that is not UTF-8.
    NotUtf8,
    /// A symbolic link that leads out of the book, nowhere or in a circle.
    BadSymlink,
    /// A pipe, socket or device where a file is expected.
    NotAFile,
    /// A file that is neither read nor published.
    StrayFile,
    /// A link whose target does not exist.
    BrokenLink,
    /// A link to a heading or paragraph that does not exist.
    BrokenAnchor,
    /// A wikilink that fits several pages.
    AmbiguousLink,
    /// A link to an essay that is left out of this build.
    LinkToDraft,
    /// An image that does not exist.
    MissingImage,
    /// An image that readers would have to fetch from somebody else's server.
    ExternalImage,
    /// A file used as an image that is none.
    BadImage,
    /// An image without a description.
    MissingAlt,
    /// Passages that include each other in a circle.
    IncludeCycle,
    /// A page that would grow without measure by including passages.
    IncludeTooLarge,
    /// A footnote reference without its note.
    MissingFootnote,
    /// A footnote that nothing refers to.
    UnusedFootnote,
    /// A pull quote that differs from the text.
    LoosePullQuote,
    /// An alert that does not exist.
    UnknownAlert,
    /// Raw HTML that the content security policy blocks.
    BlockedHtml,
    /// Syntax of another program in a text.
    ForeignSyntax,
    /// A formula that cannot be read.
    BadMath,
    /// A code block in a language without highlighting.
    UnknownLanguage,
    /// Markdown nested deeper than any reader could follow.
    TooDeep,
    /// A relation to a concept that does not exist.
    UnknownConcept,
    /// Concepts that are broader than themselves.
    ConceptCycle,
    /// One name that two concepts or two series claim.
    DuplicateName,
    /// A chosen passage that stands in no essay.
    LostPassage,
    /// Two essays that claim the same place in a series.
    DuplicatePart,
    /// Two replies with one id.
    DuplicateReply,
    /// Replies to an essay that does not exist.
    OrphanReplies,
    /// A reply to a reply that is not there, or that answers itself in a circle.
    LostParent,
    /// An address that readers have been given and that leads nowhere.
    LostAddress,
    /// A heading that readers have been given and that its page has no more.
    LostHeading,
    /// A link to a page elsewhere that is not there any more.
    DeadLink,
    /// A link to a page elsewhere that has moved for good.
    MovedLink,
    /// A link to a page elsewhere of which nobody can say whether it is there.
    UnsureLink,
    /// A page that asks more of its readers than the budget allows.
    OverBudget,
    /// A theme that does not exist.
    UnknownTheme,
    /// A template that cannot be used.
    TemplateError,
    /// Two concepts whose names are nearly the same.
    SimilarConcepts,
    /// An essay that names a concept by another name than its own.
    AliasAsConcept,
    /// A concept that an essay names and never speaks of.
    UnmentionedConcept,
    /// A concept that an essay speaks of and does not name.
    UntaggedConcept,
    /// A concept without a definition.
    UndefinedConcept,
    /// A concept that one essay uses and no other.
    LonelyConcept,
    /// An essay to which no other text links.
    UnlinkedEssay,
    /// An essay without a summary.
    MissingSummary,
    /// A title that is cut where it is shown elsewhere.
    LongTitle,
    /// A footnote that is a text of its own.
    LongNote,
    /// A style sheet that names a file the theme does not have.
    StyleError,
}

/// Name, level, meaning and manual page of each code.
macro_rules! table {
    ($($code:ident $name:literal $level:ident $meaning:literal)*) => {
        impl Code {
            /// Every code, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$code),*];

            /// Its name in reports and settings.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$code => $name),* }
            }

            /// How much it matters unless `[check]` says otherwise.
            #[must_use]
            pub fn level(self) -> Severity {
                match self { $(Self::$code => Severity::$level),* }
            }

            /// What it means, in one line.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$code => $meaning),* }
            }

            /// Its page in the manual, as Markdown with front matter.
            #[must_use]
            pub fn manual(self) -> &'static str {
                match self { $(Self::$code => include_str!(concat!("../../docs/content/pages/checks/", $name, ".md"))),* }
            }
        }
    };
}

table! {
    BadSyntax "bad-syntax" Error "front matter or settings that cannot be read"
    BadValue "bad-value" Error "a key whose value has the wrong type or is out of range"
    BadDate "bad-date" Error "a value that should be a date and is not"
    UnknownKey "unknown-key" Error "a key that Throughline does not know"
    MissingTitle "missing-title" Warning "an essay, concept, series or page without a title"
    MissingDate "missing-date" Warning "an essay without a date"
    BadAddress "bad-address" Error "a slug or alias that cannot stand in an address"
    DuplicateRoute "duplicate-route" Error "two sources for one address"
    SimilarNames "similar-names" Error "two file names that differ only in case or Unicode form"
    BadName "bad-name" Error "a file name that cannot be used"
    UnreadableFile "unreadable-file" Error "a file that cannot be read"
    NotUtf8 "not-utf8" Error "a text file that is not UTF-8"
    BadSymlink "bad-symlink" Error "a symbolic link that leads out of the book, nowhere or in a circle"
    NotAFile "not-a-file" Error "a pipe, socket or device where a file is expected"
    StrayFile "stray-file" Warning "a file that is neither read nor published"
    BrokenLink "broken-link" Error "a link whose target does not exist"
    BrokenAnchor "broken-anchor" Error "a link to a heading or paragraph that does not exist"
    AmbiguousLink "ambiguous-link" Error "a wikilink that fits several pages"
    LinkToDraft "link-to-draft" Warning "a link to an essay that is left out of this build"
    MissingImage "missing-image" Error "an image that does not exist"
    ExternalImage "external-image" Warning "an image on somebody else's server"
    BadImage "bad-image" Warning "a file used as an image that is none"
    MissingAlt "missing-alt" Warning "an image without a description"
    IncludeCycle "include-cycle" Error "passages that include each other in a circle"
    IncludeTooLarge "include-too-large" Error "a page that grows without measure by including passages"
    MissingFootnote "missing-footnote" Warning "a footnote reference without its note"
    UnusedFootnote "unused-footnote" Warning "a footnote that nothing refers to"
    LoosePullQuote "loose-pull-quote" Warning "a pull quote that differs from the text"
    UnknownAlert "unknown-alert" Warning "an alert that does not exist"
    BlockedHtml "blocked-html" Warning "raw HTML that the content security policy blocks"
    ForeignSyntax "foreign-syntax" Warning "syntax of another program, which would be shown as words"
    BadMath "bad-math" Error "a formula that cannot be read"
    UnknownLanguage "unknown-language" Warning "a code block in a language without highlighting"
    TooDeep "too-deep" Error "Markdown nested too deep"
    UnknownConcept "unknown-concept" Error "a relation to a concept that does not exist"
    ConceptCycle "concept-cycle" Error "concepts that are broader than themselves"
    DuplicateName "duplicate-name" Error "one name that two concepts or two series claim"
    LostPassage "lost-passage" Warning "a chosen passage that stands in no essay"
    DuplicatePart "duplicate-part" Warning "two essays that claim the same place in a series"
    DuplicateReply "duplicate-reply" Error "two replies with one id"
    OrphanReplies "orphan-replies" Warning "replies to an essay that does not exist"
    LostParent "lost-parent" Note "a reply to a reply that is not there"
    LostAddress "lost-address" Error "a published address that leads nowhere now"
    LostHeading "lost-heading" Error "a published heading that its page has no more"
    DeadLink "dead-link" Warning "a link to a page elsewhere that is not there any more"
    MovedLink "moved-link" Note "a link to a page elsewhere that has moved for good"
    UnsureLink "unsure-link" Note "a link to a page elsewhere of which nobody can say whether it is there"
    OverBudget "over-budget" Error "a page that asks more of its readers than the budget allows"
    UnknownTheme "unknown-theme" Error "a theme that does not exist"
    TemplateError "template-error" Error "a template that cannot be used"
    SimilarConcepts "similar-concepts" Warning "two concepts whose names are nearly the same"
    AliasAsConcept "alias-as-concept" Warning "an essay that names a concept by an alias"
    UnmentionedConcept "unmentioned-concept" Note "a concept that an essay names and never speaks of"
    UntaggedConcept "untagged-concept" Note "a concept that an essay speaks of and does not name"
    UndefinedConcept "undefined-concept" Note "a concept without a definition"
    LonelyConcept "lonely-concept" Note "a concept that one essay uses and no other"
    UnlinkedEssay "unlinked-essay" Note "an essay to which no other text links"
    MissingSummary "missing-summary" Note "an essay without a summary"
    LongTitle "long-title" Note "a title that is cut where it is shown elsewhere"
    LongNote "long-note" Note "a footnote that is a text of its own"
    StyleError "style-error" Error "a style sheet that names a file the theme does not have"
}

impl Code {
    /// Whether `[check]` may change its level. Where a file or a page would be lost in silence, it may not.
    #[must_use]
    pub fn is_adjustable(self) -> bool {
        !matches!(
            self,
            Self::BadSyntax
                | Self::DuplicateRoute
                | Self::BadName
                | Self::UnreadableFile
                | Self::NotUtf8
                | Self::NotAFile
                | Self::BadSymlink
                | Self::LostAddress
                | Self::UnknownTheme
                | Self::TemplateError
        )
    }

    /// The code with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}
