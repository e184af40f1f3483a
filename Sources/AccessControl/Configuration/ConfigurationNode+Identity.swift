// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

extension ConfigurationNode {
    /// The name of a user or a group.
    func identityName() throws(Fault) -> String {
        let text = try text()
        guard Identity.isName(text) else {
            throw fault("this is no name of a user or group", fix: "use 1 to 255 bytes without control characters")
        }
        return text
    }
}
