package io.jenkins.plugins.safedeployments.engine.evidence;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class YamlTextTest {

    @Test
    public void of_object_isWrittenAsKubectlDoes() {
        List<String> shared = List.of("yes", "0644", "a: b", "");
        KubeObject object = KubeObject.of(Map.of(
                "kind", "ConfigMap",
                "apiVersion", "v1",
                "metadata", Map.of("name", "shop", "generation", 2),
                "data", Map.of("script", "one\ntwo\n", "flag", true),
                "list", List.of(Map.of("items", shared), Map.of("items", shared))));

        assertThat(YamlText.of(object), is("""
                apiVersion: v1
                data:
                  flag: true
                  script: |
                    one
                    two
                kind: ConfigMap
                list:
                - items:
                  - 'yes'
                  - '0644'
                  - 'a: b'
                  - ''
                - items:
                  - 'yes'
                  - '0644'
                  - 'a: b'
                  - ''
                metadata:
                  generation: 2
                  name: shop
                """));
    }
}
