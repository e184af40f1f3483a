// SPDX-License-Identifier: Apache-2.0

public import Basics

/// The codes of the OCI distribution specification 1.1 (“Error Codes”), as codes of faults.
extension Fault.Code {
    /// A blob is not in the repository.
    public static let blobUnknown = Self(name: "BLOB_UNKNOWN")
    /// A request about an upload is wrong: bytes out of order, two at once.
    public static let blobUploadInvalid = Self(name: "BLOB_UPLOAD_INVALID")
    /// An upload is not under way: never begun, ended, or given up.
    public static let blobUploadUnknown = Self(name: "BLOB_UPLOAD_UNKNOWN")
    /// Content is not what its digest says, or the digest is none.
    public static let digestInvalid = Self(name: "DIGEST_INVALID")
    /// A manifest names a content that is not in its repository.
    public static let manifestBlobUnknown = Self(name: "MANIFEST_BLOB_UNKNOWN")
    /// A manifest is malformed, or not of the type that it is said to be.
    public static let manifestInvalid = Self(name: "MANIFEST_INVALID")
    /// A manifest or tag is not in the repository.
    public static let manifestUnknown = Self(name: "MANIFEST_UNKNOWN")
    /// A repository's or tag's name breaks the grammar.
    public static let nameInvalid = Self(name: "NAME_INVALID")
    /// There is no such repository.
    public static let nameUnknown = Self(name: "NAME_UNKNOWN")
    /// A length is not that of the content, or too large.
    public static let sizeInvalid = Self(name: "SIZE_INVALID")
    /// The rules of the registry forbid it.
    public static let denied = Self(name: "DENIED")
    /// More at once than somebody may have; the same succeeds when less is under way.
    public static let tooManyRequests = Self(name: "TOOMANYREQUESTS")
    /// Something that the specification leaves open and this registry does not do.
    public static let operationUnsupported = Self(name: "UNSUPPORTED")

    // The specification has no codes for these; they are sent with the statuses 409 and 507.
    /// A content is in use, so that it cannot be deleted.
    public static let inUse = Self(name: "IN_USE")
    /// The disk or the repository's quota has no room.
    public static let noSpace = Self(name: "NO_SPACE")
}
