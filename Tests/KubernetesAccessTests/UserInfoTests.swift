// SPDX-License-Identifier: Apache-2.0

import Documents
import KubernetesAccess
import Testing

@Suite("Users") struct UserInfoTests {
    @Test("who are known are in the group of all who are") func authenticated() {
        #expect(UserInfo("a", groups: ["g"]).authenticated.groups == ["g", "system:authenticated"])
        #expect(UserInfo("a").authenticated.authenticated.groups == ["system:authenticated"])
        #expect(UserInfo.anonymous.authenticated.groups == ["system:unauthenticated"])
        let account = ServiceAccountIdentity(namespace: "n", name: "a", uid: "u")
        #expect(
            account.user.groups == ["system:serviceaccounts", "system:serviceaccounts:n", "system:authenticated"])
        #expect(account.user.name == "system:serviceaccount:n:a" && account.user.uid == "u")
    }

    @Test("are shown as reviews show them") func json() {
        let user = UserInfo("a", uid: "1", groups: ["g"], extra: ["k": ["x", "y"], "a": []])
        #expect(
            user.json.text()
                == #"{"username":"a","uid":"1","groups":["g"],"extra":{"a":[],"k":["x","y"]}}"#)
        #expect(UserInfo("a").json.text() == #"{"username":"a"}"#)
    }
}
