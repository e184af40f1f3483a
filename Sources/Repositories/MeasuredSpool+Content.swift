// SPDX-License-Identifier: Apache-2.0

public import Cryptography

extension MeasuredSpool {
    /// The bytes as a content.
    public func blob(mediaType: String) -> BlobContent {
        BlobContent(mediaType: mediaType, digest: digest, size: size) { [self] in stream() }
    }
}
