// SPDX-License-Identifier: Apache-2.0

import Documents
import KubernetesKinds
import Testing

@Suite("Types of the built-in kinds")
struct TypeTests {
    @Test("every kind has a type with metadata and a list", arguments: BuiltinKinds.all.filter(\.isStored))
    func hasTypes(kind: BuiltinKind) throws {
        let type = try #require(TypeTable.builtin.type(of: kind.kind))
        #expect(type.fields.first { $0.name == "metadata" }?.type == .object(metadata))
        let list = GroupVersionKind(group: kind.kind.group, version: kind.kind.version, kind: "\(kind.kind.kind)List")
        #expect(TypeTable.builtin.type(of: list)?.field(numbered: 2)?.type == .list(.object(type.name)))
    }
    private let metadata = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
}
