// SPDX-License-Identifier: Apache-2.0

public import Orchestration

extension Operation {
    /// All kinds of operations that need no plug-in.
    public static let builtIn: [Operation] = componentVersions + contents + packages
}
