package peer;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;

/** Ids of the registered schemas by subject. */
final class SchemaIds implements Serializable {
    private static final long serialVersionUID = 1;

    private final HashMap<String, Integer> bySubject;

    SchemaIds(Map<String, Integer> bySubject) {
        this.bySubject = new HashMap<>(bySubject);
    }

    int key(String topic) {
        return bySubject.get(topic + "-key");
    }

    int value(String topic) {
        return bySubject.get(topic + "-value");
    }
}
