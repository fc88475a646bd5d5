export interface Comment {
  readonly id: number;
  readonly userId: string;
  readonly at: number;
  readonly text: string;
}

/** Comments after the one with id `after`, oldest first. */
export async function commentsOf(database: D1Database, projectId: string, after: number, limit: number): Promise<Comment[]> {
  const { results } = await database
    .prepare("SELECT id, userId, at, text FROM comment WHERE projectId = ? AND id > ? ORDER BY id LIMIT ?")
    .bind(projectId, after, limit)
    .all<Comment>();
  return results;
}

export async function addComment(database: D1Database, projectId: string, userId: string, text: string, now: number): Promise<Comment> {
  const row = await database
    .prepare("INSERT INTO comment (projectId, userId, at, text) VALUES (?, ?, ?, ?) RETURNING id, userId, at, text")
    .bind(projectId, userId, now, text)
    .first<Comment>();
  if (!row) throw new Error("the database gave no comment");
  return row;
}
