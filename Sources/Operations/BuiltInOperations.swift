// SPDX-License-Identifier: Apache-2.0

public import Orchestration

extension Operation {
    /// All kinds of operations that need no plug-in.
    public static let builtIn: [Operation] =
        attributes + componentDownloaders + componentUploaders + localBlobDownloaders + localBlobUploaders
        + [artifactDownloader, artifactUploader, artifactToTar, tarToArtifact, blobToArtifact, artifactToBlob]
        + graphArtifacts + [chartToArtifact, fileCleanup]
        + [componentHash, contentDigest, componentSigning, componentVerification]
        + componentVersions + contents + localization + filters + packages
}
