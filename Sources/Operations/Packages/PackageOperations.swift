// SPDX-License-Identifier: Apache-2.0

public import Orchestration

extension Operation {
    /// Operations on what package repositories keep: Maven, npm, S3, web servers, Helm chart repositories, GitHub.
    public static let packages: [Operation] = packageDownloads + packageUploads + [artifactToMaven]
}
