// SPDX-License-Identifier: Apache-2.0

enum Version {
    /// The version of this program; releases set it.
    static let text = "0.1.0-dev"
}
